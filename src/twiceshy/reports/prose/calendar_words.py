"""Names of months, weekdays and parts of the day in the languages of the reports."""

from __future__ import annotations

from functools import cache

_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre"
    " diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro"
    " dezembro",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre"
    " dicembre",
}
_OTHER_SPELLINGS = {
    "en": "1 jan, 2 feb, 3 mar, 4 apr, 6 jun, 7 jul, 8 aug, 9 sep, 9 sept, 10 oct, 11 nov, 12 dec",
    "es": "1 ene, 2 feb, 3 mar, 4 abr, 5 may, 6 jun, 7 jul, 8 ago, 9 sep, 9 sept, 9 set,"
    " 9 setiembre, 10 oct, 11 nov, 12 dic",
    "pt": "1 jan, 2 fev, 3 mar, 3 marco, 4 abr, 5 mai, 6 jun, 7 jul, 8 ago, 9 set, 10 out, 11 nov,"
    " 12 dez",
    "fr": "1 janv, 1 jan, 2 févr, 2 fév, 2 fevrier, 4 avr, 7 juil, 8 aout, 9 sept, 9 sep, 10 oct,"
    " 11 nov, 12 déc, 12 decembre",
    "de": "1 jan, 1 jänner, 2 feb, 2 feber, 3 mär, 3 mrz, 3 maerz, 4 apr, 6 jun, 7 jul, 8 aug,"
    " 9 sep, 9 sept, 10 okt, 11 nov, 12 dez",
    "it": "1 gen, 2 feb, 3 mar, 4 apr, 5 mag, 6 giu, 7 lug, 8 ago, 9 set, 9 sett, 10 ott, 11 nov,"
    " 12 dic",
}
_WEEKDAYS = {
    "en": "monday mon|tuesday tue tues|wednesday wed|thursday thu thur thurs|friday fri|"
    "saturday sat|sunday sun",
    "es": "lunes lun|martes|miércoles miercoles mié|jueves jue|viernes vie|sábado sabado|domingo",
    "pt": "segunda segunda-feira|terça terça-feira|quarta quarta-feira|quinta quinta-feira|"
    "sexta sexta-feira|sábado sabado|domingo",
    "fr": "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche",
    "de": "montag mo|dienstag di|mittwoch mi|donnerstag do|freitag fr|samstag sonnabend sa|"
    "sonntag so",
    "it": "lunedì lunedi|martedì martedi|mercoledì mercoledi|giovedì giovedi|venerdì venerdi|"
    "sabato|domenica",
    "ja": "月曜日 月曜 月|火曜日 火曜 火|水曜日 水曜 水|木曜日 木曜 木|金曜日 金曜 金|"
    "土曜日 土曜 土|日曜日 日曜 日",
}
AFTERNOON = frozenset({"pm", "tarde", "noche", "noite", "soir", "après-midi", "pomeriggio", "sera",
                       "afternoon", "evening", "night", "nachmittags", "abends", "午後", "夕方",
                       "夜", "notte"})  # fmt: skip


@cache
def months(language: str) -> dict[str, int]:
    """The month that a word in lower case names, in this language or in English."""
    names: dict[str, int] = {}
    for code in ("en", language):
        full = _MONTHS.get(code, "").split()
        names |= {name: number for number, name in enumerate(full, 1)}
        for spelling in filter(None, _OTHER_SPELLINGS.get(code, "").split(", ")):
            number_text, name = spelling.split()
            names[name] = int(number_text)
    return names


def misspelled_month(word: str, language: str) -> int | None:
    """The month whose name begins like this word, for words such as `Septmber`."""
    names = months(language)
    near = {names[name] for name in names if len(name) > 3 and name[:3] == word[:3]}
    return near.pop() if len(near) == 1 and len(word) < 12 else None


@cache
def weekdays(language: str) -> dict[str, int]:
    """The weekday that a word in lower case names, 0 for Monday, here or in English."""
    return {
        name: number
        for code in ("en", language)
        for number, names in enumerate(_WEEKDAYS.get(code, "").split("|"))
        for name in names.split()
    }
