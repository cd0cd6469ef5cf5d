"""The words for those who notice an incident and for what they then do, in seven languages.

Written as `twiceshy.reports.prose.wording.Lexicon` reads them.
"""

from __future__ import annotations

from twiceshy.reports.prose.wording import Lexicon

_WRITTEN = {
    "users": """
        user. users. customer customers. client. clients. subscriber visitor tenant tenants.
        member members. researcher reporter student students. complaint complaints. roommate
        public. twitter social_media feedback instructor merchant partner usuario usuarios
        cliente clientes utilisateur utilisateurs abonne abonnes nutzer benutzer kunde kunden
        anwender utente utenti clienti support_ticket support_tickets tickets_from help_desk
        helpdesk customer_support reclamo reclamos queja quejas reclamac plainte plaintes
        beschwerde segnalazioni_degli lamentel inquiries ユーザ 利用者 顧客 お客 問い合わせ 苦情
        会員 author_of""",
    "reports": """
        report reports. reported reporting notified notif notice noticed inform. informed
        informing contacted contact reached_out reach_out complain raised told submitted submit
        tweeted emailed pinged asked alerted alerting avis reportar reportaron reportaram
        informar reclam quej denunci informaron informo informaram informou relatar relataram
        relatou signal remont prevenu meld gemeldet meldete meldeten berichte informier beschwer
        segnal riferit avvert 報告 連絡 通報 指摘 申告 問い合わせ 苦情 opens_an_issue
        opened_an_issue opened_issue opened_a_ticket opens_a_ticket opens_issue asks. calls.
        called phoned writes. wrote messaged flooded_with filed llama llamaron llamo escribio
        ligou ligaram escreveu appelle ecrit rief. rufen ruft. schrieb chiama chiamato scritto
        電話 informan relatam relata. reportan reporta. avisan""",
    "user_alerts": """
        alerts_from_user alerts_from_our_user alerts_from_customer alertas_de_nuestros_usuarios
        alertas_de_usuarios alertas_de_los_usuarios alertas_de_clientes alertas_de_nossos
        user_report user_reports customer_report customer_reports reports_from teams_report
        several_teams reported_by_user reported_by_customer reported_by_a_user
        reported_by_a_customer report_from_a user_complaint user_complaints customer_complaint
        customer_complaints support_ticket support_tickets complaints_from usuarios_avis
        reportes_de_usuarios reporte_de_un reclamos_de relatos_de_usuarios signale_par
        signales_par signalement gemeldet_von kundenmeldung nutzermeldung kundenbeschwerde
        segnalazione_di segnalazioni_di security_researcher was_notified_by_a hackerone
        hacker_one bug_bounty ユーザーからの お客様からの 顧客からの 利用者からの ユーザからの
        complaint_from first_complaint""",
    "monitor": """
        monitor alert alerts. alerted alerting alarm pager pagerduty paged page_from pingdom
        cloudwatch datadog grafana prometheus nagios zabbix sentry newrelic new_relic uptime
        health_check healthcheck probe watchdog stackdriver opsgenie wavefront dynatrace
        notification_service automated_test automated_check synthetic ci_failed ci_pipeline
        monitore monitoriz alerta alertas alarma vigilanc moniteur surveillance supervision
        alerte alertes sonde uberwach monitoragg monitorag allarm avviso 監視 アラート 検知システム
        モニタリング アラーム statuscake splunk""",
    "staff": """
        engineer engineers. developer developers. dev. devs. team. teams. we. i. staff. qa.
        employee employees. colleague operator operators. operations sre. sres. devops
        administrator administrators. sysadmin on_call oncall manual_test manual_testing
        manual_check manual_inspection code_review internal_test tester testers. testing.
        maintainer maintainers. pre_flight recon. equipo ingenier desarrollador nosotros
        pruebas_manuales equipe engenheir desenvolvedor time_de_ testes_manuais ingenieur
        developpeur nous. tests_manuels mitarbeiter entwickler wir. manueller squadra ingegner
        sviluppator collegh manuali チーム エンジニア 開発者 担当者 社員 スタッフ 我々 社内
        レビュー 手動 dba. dbas ops. analyst routine_check someone_from_the""",
    "notices": """
        notice notices. noticed observe observed discover discovered found find. finds. detect
        identif spotted spot. realised realized realise realize became_aware become_aware caught
        reveal revealed saw. extracted noto. notaron notamos notado observ descubr encontr
        identific percib perceb notou descobr constat remarqu decouv trouv bemerk entdeck
        festgestell stellte_fest beobacht erkannt notato notata scopert scopr rilev accort
        individuat uncovered 検知 気づ 気付 発見 確認 検出 発覚 判明 sees.""",
    "not": """
        no. not. never t. nor. neither without lack lacked lacking missing failed absence unable
        ningun nunca nao. nenhum sem. sin. pas. aucun jamais sans. ne. nicht kein keine keinen
        nie. ohne. non. nessun mai. senza.""",
    "not_after": "ません なかった ず、 ない",
    "told": """
        made_aware was_informed were_informed was_notified were_notified was_alerted
        were_alerted got_notified been_notified be_notified been_informed was_contacted
        were_contacted was_paged fueron_notificad fue_notificad foram_notificad foi_notificad
        informes_aux a_ete_alert ont_ete_inform a_ete_inform ont_ete_prevenu wurde_benachrichtig
        wurden_benachrichtig wurden_informier wurde_informier""",
    "fires": """
        trigger fire. fires fired sent. sending sends notif alerted alerting raised raises
        showed shows indicat report detect went_off rang blare page. paged warn disparo disparou
        saltaron salto detecto activaron avis declench signal remont ausgelost meldete meldeten
        schlug_an schlugen scattat segnalat rilevat 発報 鳴 検知 通知""",
    "passive": """
        is_reported was_reported were_reported been_reported reports_of reports_came
        reports_that reports_about first_reported se_reporta se_reporto se_informo foi_reportad
        foi_relatad foram_relatad a_ete_signal ont_ete_signal wurde_gemeldet wurden_gemeldet
        stato_segnalat 報告があ 報告を受 連絡があ 連絡を受 問い合わせがあ""",
    "by": """
        by. from. por. pelo pelos pela de. par. von. durch. da. dai. dagli. dal. から により""",
}

PEOPLE = Lexicon(_WRITTEN)
