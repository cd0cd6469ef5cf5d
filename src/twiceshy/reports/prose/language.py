"""The language of a text, by its script and its commonest words."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from operator import itemgetter

# Words that are frequent in one language and rare in the others; words that several share count
# for each of them.
_WORDS = {
    "en": """the of and to was were is are that this with for on by from at it its which when
        not be has had have been we our their they an as or but after before during""",
    "es": """el la los las de del que y en un una por con para no se al lo como más pero sus le
        ya o este sí porque esta entre cuando muy sin sobre también fue había era está son
        durante después hasta desde nos hemos usuarios error su es""",
    "pt": """o a os as de do da dos das que e em um uma por com para não se ao no na nos nas
        como mais mas foi seu sua ou quando muito já também só pelo pela até isso ela entre era
        depois sem mesmo aos seus após durante são está foram usuários você""",
    "fr": """le la les de des du que et en un une pour avec dans ne pas se au aux ce cette par
        sur plus est sont été était a ont qui nous vous il elle mais ou où leur lors après
        pendant sans à l d""",
    "de": """der die das den dem des und in zu von mit auf für ist im nicht ein eine einer einem
        einen als auch es an werden aus er hat dass sie nach wird bei um sind noch wie über
        war waren wurde wurden durch wir unsere haben zur zum sich oder""",
    "it": """il lo la gli le di del della dei delle che e è in un una per con non si al alla
        come più ma sono nel nella dal dalla stato stata è questo questa anche da ha hanno
        abbiamo dopo durante degli ai dai sul sulla era erano""",
    "nl": """de het een van en in is dat op te zijn met voor niet aan er om ook als dan maar bij
        werd werden door naar uit wij onze hebben deze
        omdat niemand had was heeft hij nog geen geweest""",
}
_SHARED = {
    word: tuple(language for language, words in _WORDS.items() if word in words.split())
    for words in _WORDS.values()
    for word in words.split()
}
_WORD = re.compile(r"[^\W\d_]+")
_APART = '.,;:!?()"*'
"""What stands beside words; the rest of punctuation hides few of them."""
_JAPANESE = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_KOREAN = re.compile(r"[\uac00-\ud7a3]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_OTHER_SCRIPT = re.compile(r"[\u0400-\u04ff\u3041-\u30fa\u4e00-\u9fff\uac00-\ud7a3]")
_ACRONYM = range(2, 5)
"""Letters of an acronym: `2:30 PM ET` has no word of French."""
_ENOUGH = 4_000


@lru_cache(maxsize=8)
def language_of(text: str) -> tuple[str, float, tuple[str, ...]]:
    """The code of the language, how sure that is (0 to 1), and the runner-up if it is near.

    The code is "" for a text without words of a known language.
    """
    sample = text[:_ENOUGH]
    by_script = "" if sample.isascii() else _script_of(sample)
    if by_script:
        return by_script, 1.0, ()
    scores: dict[str, float] = {}
    for word, count in Counter(sample.replace("'", " ").split()).items():
        bare = word.strip(_APART)
        languages = _SHARED.get(bare.casefold())
        if languages and not (bare.isupper() and len(bare) in _ACRONYM):
            for language in languages:
                scores[language] = scores.get(language, 0.0) + min(count, 40) / len(languages)
    ranked = sorted(scores.items(), key=itemgetter(1), reverse=True)[:2]
    if not ranked:
        return "", 0.0, ()
    best, first = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    sure = round(first / (first + second), 2) if first > 3 else 0.5
    return best, sure, (ranked[1][0],) if sure < 0.6 and len(ranked) > 1 else ()


def _script_of(sample: str) -> str:
    """The language that a script gives away; "" for Latin letters."""
    if not _OTHER_SCRIPT.search(sample):
        return ""
    letters = len(_WORD.findall(sample)) or 1
    if len(_JAPANESE.findall(sample)) > letters * 0.3:
        return "ja"
    for script, language in ((_KOREAN, "ko"), (_CHINESE, "zh"), (_CYRILLIC, "ru")):
        if len(script.findall(sample)) > letters * 0.5:
            return language
    return ""
