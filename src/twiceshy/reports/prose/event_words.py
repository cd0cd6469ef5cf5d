"""Words for what failed, was noticed or mended: in the past, as those write who tell of it."""

from __future__ import annotations

_HAPPENED = """
    down unable failed crashed crashing broke broken stopped hung stuck
    timed timeouts rejected refused lost deleted dropped leaked exposed corrupted overloaded
    exhausted misconfigured prevented affected impacted degraded unavailable unresponsive
    inaccessible unreachable experienced encountered noticed detected discovered reported alerted
    paged notified identified investigated escalated resolved fixed restored reverted
    restarted rebooted mitigated recovered patched rolled revoked replaced triggered caused
    resulted began started spiked flagged occurred happened
    disrupted solved corrected repaired couldn didn wasn weren
    cayó caída caídos falló fallaba fallaron rompió perdió perdieron afectó afectados afectó
    detectó detectamos avisaron reportó reportaron notamos resolvió resolvimos corrigió
    restableció revirtió reinició recibimos causó provocó pudo pudieron tuvimos hubo
    mostró vieron encontramos identificó bloqueó
    caiu caíram falhou falharam quebrou perdeu afetou afetados detectou detectamos avisaram
    relatou relataram percebemos resolveu resolvemos corrigiu corrigimos restaurou reverteu
    reiniciou causou provocou houve conseguiu conseguiram pôde identificou ficou ficaram
    planté échoué tombé tombée perdu touché touchés détecté détectée signalé remarqué constaté
    résolu résolue corrigé corrigée rétabli rétablie redémarré annulé causé causée provoqué
    eu découvert identifié
    ausgefallen abgestürzt fehlgeschlagen verloren betroffen bemerkt entdeckt gemeldet
    behoben gelöst wiederhergestellt zurückgesetzt zurückgerollt gestartet verursacht ausgelöst
    festgestellt identifiziert schlug schlugen fiel fielen konnten konnte führte wurde wurden
    caduto caduta fallito fallita fallite rotto perso persi colpito colpiti interessato rilevato
    segnalato notato scoperto risolto risolta corretto ripristinato ripristinata riavviato
    annullato causato provocato avuto poteva potevano"""
_PROJECT = """
    game games gameplay sprint hackathon semester course prototype milestone milestones playtest
    jam mvp velocity deliverable deliverables stakeholders scope features feature project team
    projet fonctionnalités fonctionnalité équipe groupe projeto funcionalidades equipe grupo
    proyecto funcionalidades equipo projekt funktionen progetto funzionalità teammates roadmap
    retrospective retro meeting meetings story stories pairing participants standup demo
    learned shipped released launch publisher players player level levels art music"""
HAPPENED = frozenset(_HAPPENED.split())
PROJECT = frozenset(_PROJECT.split())
"""Words of those who look back on a project."""
IN_JAPANESE = ("ました", "障害", "復旧", "検知", "発生", "エラー", "停止", "ダウン", "不具合")
