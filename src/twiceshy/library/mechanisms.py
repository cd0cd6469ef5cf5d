"""How systems fail, as words of many languages: reports are alike that never use the same one.

Each mechanism has beginnings of words, folded (`library.words.fold`), in English, Spanish,
Portuguese, French, German and Italian, and words of Japanese, which are looked for anywhere.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from twiceshy.library.words import fold, words

if TYPE_CHECKING:
    from collections.abc import Iterable

_BEGINNINGS = {
    "lock": "lock bloque verrou sperr bloqu bloccat blocage lucchett exclusive exclusiv",
    "deadlock": "deadlock interblo",
    "race": "race concurren simult paralel parallel gleichzeit nebenlauf concorren",
    "duplicate": "duplic idempot doppel doublon twice dobl doppi deduplic",
    "loss": "lost perdid perdu verlor perda perte verlust",
    "others' data": "leak fuga vazam fuite ajen alhei autrui fremd tenant expos",
    "permission": "permis autoriz authoriz berechtig acces privileg credential contrasen senha",
    "null": "null nulo nula nulle undefined",
    "missing row": "missing missed falt ausen manqu fehlend absent mancan",
    "format": "format schema json serializ serialis parse parsing tipo type contra vertrag",
    "encoding": "encoding utf unicode codific kodier encodage charset",
    "migration": "migrat migrac migraz",
    "index": "index indexe indice",
    "slow query": "slow lent langsam lenteur lentid",
    "time-out": "timeout timed expir zeituber esgotad agotad delai",
    "overload": "overload saturat satur sobrecar surcharg uberlast sovracc peak pico spike pic",
    "exhaustion": "exhaust agot esgot epuis erschopf esaur pool limit lleno cheio",
    "memory": "memor oom heap speicher",
    "disk": "disk disc disque festplat volume",
    "deployment": "deploy desplieg despleg implant rollout release deploi livrais ausroll auslief",
    "configuration": "config setting einstell parametr misconfig typo",
    "validation": "validat validac validier validaz constraint",
    "cache": "cache cach zwischensp",
    "retry": "retry retri reintent retent wiederhol",
    "queue": "queue cola fila warteschl backlog coda",
    "replication": "replic replik failover standby primary",
    "certificate": "certif zertif tls ssl",
    "DNS": "dns nameserver resolver",
    "network": "network netzw reseau router bgp packet latenc",
    "power": "power strom energia electr",
    "provider": "upstream provider proveedor fornecedor fournis anbieter vendor thirdparty",
    "clock": "clock timezone daylight leap uhrzeit zeitzone",
    "dependency": "dependenc biblio upgrade",
    "deletion": "delet borr elimin apag supprim geloscht losch drop truncat",
}
_ANYWHERE = {
    "lock": "ロック 排他",
    "deadlock": "デッドロック",
    "race": "競合 同時 並列",
    "duplicate": "重複 二重",
    "loss": "消失 欠損 失われ",
    "others' data": "漏洩 他人 他の利用者",
    "permission": "権限 認証",
    "null": "ヌル",
    "missing row": "欠落 存在しない",
    "format": "形式 フォーマット スキーマ",
    "encoding": "文字コード 文字化け",
    "migration": "マイグレーション 移行",
    "index": "インデックス 索引",
    "slow query": "遅延 スロークエリ",
    "time-out": "タイムアウト",
    "overload": "過負荷 高負荷 スパイク",
    "exhaustion": "枯渇 上限",
    "memory": "メモリ",
    "disk": "ディスク",
    "deployment": "デプロイ リリース",
    "configuration": "設定",
    "validation": "検証 バリデーション",
    "cache": "キャッシュ",
    "retry": "リトライ 再試行",
    "queue": "キュー 滞留",
    "replication": "レプリケーション フェイルオーバー",
    "certificate": "証明書",
    "network": "ネットワーク 回線",
    "power": "停電 電源",
    "provider": "外部サービス プロバイダ",
    "clock": "時刻 タイムゾーン",
    "dependency": "依存 バージョン",
    "deletion": "削除",
}
_OF_BEGINNING = {
    beginning: name for name, beginnings in _BEGINNINGS.items() for beginning in beginnings.split()
}
_OF_JAPANESE = {word: name for name, found in _ANYWHERE.items() for word in found.split()}
_LENGTHS = sorted({len(beginning) for beginning in _OF_BEGINNING}, reverse=True)
MOST = 5


def mechanisms(text: str, said: Iterable[str] | None = None) -> tuple[str, ...]:
    """The mechanisms that a text speaks of, the most frequent first, five at most.

    `said` are its words, where they are known.
    """
    counts: Counter[str] = Counter()
    for word, times in Counter(words(text) if said is None else said).items():
        if name := _named(word[: _LENGTHS[0]]):
            counts[name] += times
    if not text.isascii():
        folded = fold(text)
        for japanese, name in _OF_JAPANESE.items():
            counts[name] += folded.count(japanese)
    return tuple(name for name, count in counts.most_common(MOST) if count)


@lru_cache(maxsize=1 << 14)  # people use the same words again and again
def _named(begin: str) -> str:
    """The mechanism that a word with this beginning stands for; "" for none."""
    return next((name for n in _LENGTHS if (name := _OF_BEGINNING.get(begin[:n]))), "")
