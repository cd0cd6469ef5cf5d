"""The words by which people tell failures, in seven languages, grouped by what they mean.

Written as `twiceshy.reports.prose.wording.Lexicon` reads them: beginnings of words without accents,
a closing dot for whole words, `_` between the words of a phrase.
"""

from __future__ import annotations

from twiceshy.reports.prose.wording import Lexicon

_WRITTEN = {
    "config": """
        configur konfigur setting settings parameter directive env. env_file
        environment_variable ini. yaml. conf. flag. flags. sites_enabled parametro parametre
        ajuste. ajustes. variable_de_entorno variables_de_entorno variavel_de_ambiente
        variaveis_de_ambiente reglage variable_d_environnement einstellung umgebungsvariable
        impostazion variabile_d_ambiente 設定 環境変数 パラメータ コンフィグ virtual_host vhost
        variable. variables. caddyfile docker_compose compose_file manifests. crontab htaccess""",
    "misconfigured": """
        misconfig missconfig mis_config malconfig mal_config mala_config incorrectly_config
        improperly_config wrongly_config configuration_error configuration_mistake
        error_de_configuracion errores_de_configuracion erro_de_configuracao
        configuracion_erronea configuracion_incorrecta configuracao_incorreta
        configuracao_errada erreur_de_configuration mauvaise_configuration configuration_erronee
        configuration_incorrecte fehlkonfig konfigurationsfehler falsch_konfig
        errore_di_configurazione configurazione_errata configurazione_sbagliata 設定ミス
        設定誤り 誤設定 設定の誤り 設定の不備 設定不備 commented_out not_configured
        not_properly_configured not_correctly_configured t_configured""",
    "wrong": """
        incorrect wrong improper inproper invalid erron mistaken bad. faulty inaccurate unintend
        inadvertent too_low too_small too_high too_short too_strict overly restrictive
        accidental equivoc errad errat errone sbagliat scorrett falsch fehlerhaft versehentlich
        mauvais inexact incorret invalide inval trop_bas trop_faible trop_petit demasiado_baj
        muito_baix troppo_bass zu_niedrig zu_klein zu_kurz 誤 間違 不正 不適切""",
    "typo": """
        typo. typos. typographical misspel mistyp mis_typ typing_error typing_mistake phpp
        syntax_error syntax_mistake syntax_issue syntax_problem
        missing_semicolon error_de_tipeo error_tipografico error_de_escritura
        error_de_sintaxis erro_de_digitacao erro_de_sintaxe faute_de_frappe coquille
        erreur_de_syntaxe tippfehler schreibfehler syntaxfehler errore_di_battitura refuso
        errore_di_sintassi タイプミス タイポ 誤字 打ち間違 構文エラー 記述ミス""",
    "missing": """
        missing absent absence lack lacked lacking lacks. without. omit not_exist t_exist
        not_set unset no_such not_found nonexist non_existent removed removal removing
        never_created forgot faltant faltab falta. ausen sin. no_existia no_existe olvid sem.
        nao_existia nao_existe faltav faltand falta_de manqu absen sans. n_existait n_existe
        oubli fehlend fehlt fehlte gefehlt ohne. nicht_vorhanden vergessen mancan mancav mancat
        assente assenza senza. dimentic 欠け 欠落 存在しな 漏れ 抜け 忘れ no_entry no_row
        no_record have_no has_no had_no no_rows no_entries no_records""",
    "exhaust": """
        exhaust deplet ran_out run_out running_out runs_out saturat maxed starv use_up used_up
        using_up consuming_all consumed_all consume_all all_available all_the_available full.
        filled filling fill_up reached exceed surpass hit_the hit_its insufficient not_enough
        inadequate no_more too_many too_much limited limit limits agot insuficien sin_espacio
        llen exced super satur esgot chei. cheio cheia ultrapass epuis plein pleine depass
        insuffis trop_de erschopf ausgeschopft voll. vollgelauf uberschr gesattigt zu_viele
        zu_wenig aufgebraucht esaur pieno piena riempit limite limites grenze 枯渇 不足 上限
        超過 使い果た 使い切 満杯 いっぱい 飽和 足り grew_beyond outgrew outgrown no_longer_fit
        fills used_all using_all all_of_its most_of_the most_of_its hogg""",
    "resource": """
        pool pools connection worker thread process. processes. socket descriptor file_watch
        watches inode memory ram. cpu disk disks storage volume. quota capacity resource
        open_file heap swap bandwidth ports. buffer conexion hilo. hilos. memoria disco discos
        almacenamiento recurso capacidad conexao conexoes armazenamento espaco espacio connexion
        memoire disque stockage espace ressource capacite verbindung speicher festplatte
        arbeitsspeicher kapazitat connession risors capacita spazio threads. 接続 コネクション
        プール メモリ ディスク 容量 リソース ワーカー スレッド ストレージ partition. file_system
        filesystem logs_volume""",
    "exhausted": """
        maximum_value integer_overflow id_overflow wraparound max_capacity maximum_capacity
        at_capacity at_full_capacity out_of_memory oom. oomkill oom_kill out_of_disk
        out_of_inode out_of_connection out_of_file too_many_open_files too_many_connection
        max_connection max_client no_space_left disk_full connection_pool thundering_herd
        retry_storm retry_amplif ulimit ddos dos_attack denial_of_service resource_exhaust
        open_files_limit file_descriptor capacity_limit sin_memoria falta_de_memoria
        denegacion_de_servicio negacao_de_servico pool_de_conex sem_memoria deni_de_service
        a_court_de speicherplatz memoria_esaurita esaurimento pool_di_conn 空き容量 メモリ不足
        ディスクフル 容量不足 コネクションプール 接続プール""",
    "memory_leak": """
        memory_leak leak_in_memory leaking_memory connection_leak leaked_connection leaking_conn
        fuga_de_memoria vazamento_de_memoria vazamento_de_conex fuga_de_conex fuite_memoire
        fuite_de_memoire speicherleck memory_leck perdita_di_memoria resource_leak メモリリーク
        leaked_memory leaks_memory memory_was_leak""",
    "overload": """
        overload over_load overwhelm strain swamp bottleneck sobrecarg desbord colaps surcharg
        submerg engorg uberlast uberforder sovraccaric 過負荷 高負荷 負荷 ボトルネック パンク
        thrash congest keep_up not_scaled not_scale not_able_to_handle could_not_handle
        couldn_t_handle unable_to_handle lagged_behind consumer_lag backlog piled_up pile_up
        queue_grew maxing_out maxed_out
        excessiv cpu_load high_cpu cpu_usage cpu_utili load_average""",
    "traffic": """
        traffic visitor demand load. loads. workload request requests. user_load trafico demanda
        solicitud peticion trafego requisic acessos acceso trafic demande requete charge.
        charges. last. verkehr anfragen zugriffe traffico richieste carico carga accessi
        トラフィック アクセス リクエスト 負荷""",
    "surge": """
        hike surge spike sudden unexpected unprecedented high. higher. heavy peak influx flood
        burst increas massive pico aument subit inesperad repentin alto. alta. altos. elevad
        pic. hausse afflux soudain augment anstieg gestieg spitze plotzlich hohe. hoher. hohem
        hohen. picco improvvis elevat 急増 急激 集中 ピーク 増加 殺到 急上昇 within_one
        within_a_minute within_minutes within_seconds at_once""",
    "parallel": """
        parallel concurren simultan race_condition condicion_de_carrera condicao_de_corrida
        gleichzeitig nebenlauf contemporane wettlauf concorren 同時 並列 並行 競合状態""",
    "race": """
        race_condition race_conditions condicion_de_carrera condicao_de_corrida
        wettlaufsituation condition_de_concurrence situation_de_concurrence corsa_critica
        レースコンディション 競合状態 double_booking oversold oversell sold_twice charged_twice
        billed_twice
        idempoten at_least_once paid_twice processed_twice reserved_twice same_seat double_charg
        double_spend double_bill within_milliseconds cobrado_dos_veces cobrados_dos_veces
        cobrado_duas_vezes debite_deux_fois doppelt_abgebucht""",
    "lost": """
        lost. loss losing lose. dropped duplicat double twice doubly perdid perdi perdemos perte
        perdu doppelt verlor verlust gingen_verloren persi. perse. persa. perdit doppi 喪失
        失われ 重複 二重 消失""",
    "transaction": """
        transact transac order. orders. payment message event. events. charge booking invoice
        pedido pago pagos mensaje pagamento mensag commande paiement zahlung bestellung
        nachricht ordin pagament messaggi ordini 取引 注文 決済 メッセージ トランザクション""",
    "deadlock": """
        deadlock dead_lock table_lock row_lock lock_wait lock_timeout lock_contention
        locked_table table_was_locked blocking_quer interbloque bloqueo_mutuo bloqueo_de_tabla
        bloqueo_de_la_tabla bloqueos_de_tabla bloqueio_de_tabela bloqueio_da_tabela interblocage
        verrouillage tabellensperre verklemm sperrkonflikt blocco_della_tabella metadata_lock
        exclusive_lock デッドロック ロック待ち テーブルロック ロック競合""",
    "lock": """
        lock. locks. locked. locking bloque bloquei verrou gesperrt sperre sperrt sperrte blocc
        ロック""",
    "query": """
        query. queries. sql. select_statement join. joins. consulta requete requetes abfrage
        interrogazion orm. クエリ sql文 問合せ文""",
    "slow": """
        non_ottimizz rallent ralenti verlangsam slow. slower slowly slowness slowed slow_running
        inefficient unoptimi non_optimi not_optimi un_optimi poorly expensive long_running
        suboptimal sub_optimal unindexed lento lenta lentos lentas lentitud lentidao ineficien
        no_optimi nao_otimi pesad couteu inefficac non_optimis mal_optimis langsam ineffizient
        unoptimiert teuer lente. lenteur lenti. costos 遅 重い 非効率 full_table_scan
        sequential_scan table_scan o_n_2""",
    "index": """
        index. indexes. indices. indexing unindexed indice indizes インデックス 索引""",
    "slow_query": """
        slow_quer slow_sql slow_database_quer full_table_scan sequential_scan missing_index
        missing_database_index lack_of_index lack_of_indexing no_index without_index unindexed
        long_running_quer long_running_transaction n_1_quer inefficient_quer unoptimized_quer
        consulta_lenta consultas_lentas requete_lente requetes_lentes langsame_abfrage
        スロークエリ インデックスが""",
    "migration": """
        migration migracion migrac migrazion schemaanderung マイグレーション alter_table ddl.
        schema_change""",
    "db_migration": """
        flyway alembic liquibase schema_migration database_migration db_migration
        migration_script sql_migration alter_table migracion_de_base migracion_de_la_base
        migracao_do_banco migracao_de_banco migration_de_base migration_de_la_base
        datenbankmigration migrazione_del_database dbマイグレーション
        データベースマイグレーション""",
    "script": """
        script skript スクリプト job. cron. cronjob batch バッチ""",
    "database": """
        database databases db. mysql mariadb postgres sqlite oracle mongo table. tables. schema.
        base_de_datos bases_de_datos banco_de_dados base_de_donnees datenbank データベース
        tabla. tablas. tabela tabelas tabelle tabella rds. テーブル dba.""",
    "rows": """
        table. tables. row. rows. record. records. column columns. entry. entries. tabla.
        tablas. fila. filas. registro registros columna tabela tabelas linha coluna ligne
        enregistrement colonne zeile datensatz datensatze spalte tabelle tabellen riga righe
        tabella colonna テーブル カラム レコード""",
    "null": """
        null. nulls. nulo. nula. nulos. nullable nullo ヌル null値""",
    "legacy": """
        legacy old. older stale orphan leftover left_over preexisting pre_existing previously
        imported historic historical guest guests past. antigu previ huerfan orfao orfa. ancien
        orphelin veraltet bestehend verwaist altdaten vecchi precedent esistent existente
        existentes 既存 古い 過去 残って 移行前 created_before from_before from_the_time_before""",
    "deleted": """
        deleted deletion deleting dropped wiped erased overwrit overwrote overwrote truncat purged
        eliminad borrad borr apagad apagou excluid sobrescrit sobreescrit supprim efface ecras
        gelosch uberschrieben cancellat eliminat sovrascritt 削除 消去 上書き removed_the_data
        rm_rf data_were_deleted deleted_data data_was_deleted dropped_the""",
    "duplicate": """
        duplicate_key duplicate_entry duplicate_row duplicate_record duplicate_data duplicates.
        already_exist already_regist already_present already_in_use already_taken
        unique_constraint unique_violation unique_key uniqueness duplicados. duplicado ya_exist
        ya_estaba ja_exist ja_estava deja_exist deja_present doublon bereits_vorhanden
        bereits_exist bereits_regist duplikat gia_esist gia_present duplicati 既に存在
        すでに存在 登録済み""",
    "corrupt": """
        corrupt inconsisten korrupt beschadigt inkonsist corrot incoeren incoheren 破損 不整合""",
    "shape": """
        format. formats. formatted formatting schema. schemas. payload field. fields. json xml
        serializ serialis deserializ parse. parsed parser parsers parsing type. types. datatype
        encoding charset formato. formatos. esquema campo. campos. parsea parseo champ champs
        typage antwortformat feld. felder formato tipo. tipos. 形式 フォーマット スキーマ
        フィールド パース 文字コード データ型 レスポンス""",
    "types": """
        string. strings. integer integers. array boolean number. cadena entero chaine entier
        zeichenkette zahl. stringa intero 文字列 数値 upper_case lower_case uppercase lowercase
        enum enums numero. texto. decimals cents texte""",
    "expected": """
        expected expects expecting esperaba esperava attendait erwartet aspettava 想定 期待
        accepted_only only_accepted only_accepts no_longer_accept nao_aceitava no_aceptaba
        n_acceptait akzeptierte_nicht reject rechaz recus. rejet abgelehnt rifiut 拒否""",
    "interface": """
        api. apis. endpoint interface sdk response responses. contract client_library webhook
        respuesta resposta reponse antwort schnittstelle risposta エンドポイント
        インターフェース 仕様""",
    "version": """
        version versions. library libraries dependency dependencies package packages. driver
        plugin framework biblioteca librer dependencia dependenc bibliotheque dependance
        bibliothek abhangigkeit libreria dipendenz versao バージョン ライブラリ 依存""",
    "changed": """
        changed change. changes. renamed rename renaming upgrade upgraded update. updated
        deprecat refactor cambio cambios cambi renombr actualiz mudan mudou renome atualiz chang
        renomm mise_a_jour mis_a_jour geandert umbenannt anderung aktualisier cambiat rinominat
        aggiorna 変更 更新 廃止 リネーム switched_the switched_from""",
    "mismatch": """
        mismatch incompatib not_compatible breaking_change backward_compat backwards_compat
        out_of_sync schema_drift malformed unexpected_format wrong_format wrong_data_type
        wrong_type desync discrepan dialect no_coincid incompativ nao_coincid nao_correspond
        ne_correspond inkompatib stimmte_nicht stimmten_nicht nicht_uberein passte_nicht
        non_corrispond non_coincid 互換 不一致 食い違 整合性""",
    "parse_fail": """
        not_properly_parsed not_being_properly_parsed parse_error parsing_error failed_to_parse
        could_not_parse unable_to_parse not_parsed type_error typeerror serialization_error
        deserializ error_de_parseo erro_de_parse パースエラー パースに失敗""",
    "others": """
        other_user other_customer other_people other_account other_tenant other_organi
        other_client another_user another_customer another_account another_tenant another_person
        another_client another_organi different_user different_customer different_account
        different_tenant wrong_user wrong_customer wrong_account wrong_person wrong_recipient
        wrong_tenant unintended someone_else cross_tenant each_other users_who_had_no unauthori
        not_authori otro_usuario otros_usuarios otro_cliente otros_clientes otra_cuenta
        otras_cuentas no_correspond no_les_correspond outro_usuario outros_usuarios
        outro_cliente outros_clientes outra_conta outras_contas autre_utilisateur
        autres_utilisateurs autre_client autres_clients autre_compte autres_comptes d_autres.
        autrui anderer_nutzer anderen_nutzer andere_nutzer anderer_benutzer anderen_kunden
        anderer_kunden anderer_kunde fremde fremden altri_utenti altro_utente altri_clienti
        altro_cliente altrui 他のユーザ 別のユーザ 他人 他の顧客 別の顧客 他の利用者 別の利用者
        他社の 他のお客 of_other_users of_other_customers of_other_companies of_other_people
        of_other_tenants of_other_clients of_other_members of_other_accounts other_compan
        other_shops other_merchants other_patients other_employees other_students other_members
        belonging_to_other belonged_to_other belong_to_other people_without without_access
        without_permission not_allowed_to whoever_had had_no_access sin_permiso sem_permissao
        sans_autorisation ohne_berechtigung senza_permesso 権限のない without_login
        without_logging without_authentication without_auth unauthenticated anonymous_access
        publicly_accessible publicly_readable publicly_reachable open_to_the_public
        wrong_address wrong_inbox wrong_envelope sin_autentic sem_autentic sans_authentif
        ohne_anmeldung senza_autentic 認証なし""",
    "seen": """
        see. sees. seeing saw. seen. view viewed visible shown show. showed displayed access
        expos receiv served serving leaked read. logged_in_as logged_into vieron ver. vio. visib
        mostra mostr muestr aparec acced acces viram exib voir. vu. vus. affich recu. recev
        sahen sehen gesehen angezeigt sichtbar zugriff erhielt visto vedere visualizz mostrat
        ricev data. 表示 閲覧 見え 見られ アクセス 漏 届 sent attached delivered download
        descarg baix telecharg herunterlad heruntergeladen scaric turned_up ダウンロード 送信
        reachable accessible readable addressed addresses""",
    "leaked": """
        leak leaked leaking expos disclos compromis stolen breach unauthori filtrad filtracion
        vazad vazamento vazou fuite. divulgu abgefloss offengelegt datenleck unbefugt espost
        divulgat trapelat violazione 漏洩 漏えい 流出 不正アクセス""",
    "secret": """
        data. token credential secret password pii. personal email emails. information api_key
        api_keys private datos credencial contrasen dados senha donnees mot_de_passe identifiant
        daten zugangsdaten passwort dati credenzial 情報 個人情報 トークン パスワード e_mail""",
    "privilege": """
        privilege permission row_level_security rls. access_control role. roles. permiso
        autorizac permiss autorisation berechtigung zugriffsrecht autorizzaz permess privileg
        権限 認可 authorization authorisation""",
    "persisted": """
        kept_their kept_access kept_his revoked_role persist bypass escalat still_had still_have
        retained elevated too_broad overly_broad not_revoked evad saltar contourn umgeh aggira
        残存 迂回""",
    "security": """
        security_incident security_breach security_vulnerab security_researcher data_breach
        vulnerab privacy confidential incidente_de_seguridad incidente_de_seguranca faille
        sicherheitsluck datenschutz sicherheitsvorfall 脆弱性 セキュリティインシデント""",
    "session": """
        session cookie cookies. cache cached caching cdn. sesion sessao sitzung sessione cache.
        キャッシュ セッション""",
    "mixed": """
        mixed_up swapped shared_between shared_across wrong_session same_session cached_page
        cached_response personalized personalised mezcl misturad melang vertauscht vermischt
        scambiat 混在 取り違え shared_cache shared_key same_cache_key same_key whoever""",
    "power": """
        power_outage power_failure power_loss power_cut power_supply loss_of_power electrical
        electricity corte_de_luz corte_de_energia apagon falta_de_energia queda_de_energia
        panne_de_courant panne_electrique coupure_de_courant stromausfall blackout
        interruzione_di_corrente cooling air_condition klimaanlage 停電 電源""",
    "hardware": """
        hardware disk_failure failed_drive hard_drive raid. motherboard firmware network_switch
        switches. router routers. cable cables. fiber_cut fibre_cut psu. ssd. faulty_switch
        faulty_disk disco_duro disque_dur festplattenausfall festplattendefekt 機器 ハードウェア
        ルータ ケーブル""",
    "dns": """
        dns. nameserver name_server registrar route53 route_53 namecheap subdomain domain_name
        名前解決 ドメイン""",
    "network": """
        network networking packet_loss bgp. isp. connectivity vpn. subnet conectividad de_red
        la_red red_de. rede. redes. reseau netzwerk rete. di_rete ネットワーク 回線""",
    "provider": """
        aws. amazon ec2. s3. azure gcp. gce. google_cloud cloud_provider cloud_service github
        gitlab heroku cloudflare fastly akamai digitalocean linode ovh. provider providers.
        vendor third_party 3rd_party data_center datacenter datacentre hosting proveedor
        terceros provedor fornecedor fournisseur hebergeur anbieter dienstleister rechenzentrum
        fornitore payment_gateway データセンター プロバイダ クラウド 外部サービス us_east
        us_west""",
    "fails": """
        fail failed fails. failing failure outage down. crash fault. faults. faulted malfunction
        broke. broken unavailab not_available unable interrupt disrupt stuck stall lost defect
        fallo fallos falla fallas falha falhas caida cay queda panne defaillan ausfall
        ausgefallen defekt storung gestort guasto guasti malfunzion interruz 障害 故障 停止
        ダウン 失敗 落ち""",
    "kube": """
        kubernetes kubelet pod. pods. node. nodes. pvc. persistent_volume helm. etcd ingress
        cluster daemonset container containers. nodo nodos ノード ポッド クラスタ""",
    "balancer": """
        load_balanc loadbalanc haproxy elb. alb. balanceador balanceo equilibreur repartiteur
        lastverteil lastausgleich bilanciator ロードバランサ""",
    "failover": """
        failover fail_over replica. replicas. replication standby redundan フェイルオーバ レプリ
        single_point_of_failure""",
    "certificate": """
        certificate certificates. ssl. tls. zertifikat certificado certificat 証明書""",
    "expired": """
        expir ablauf abgelaufen caduc vencid vencio scadut scadenza 期限切れ 失効""",
    "bug": """
        bug. bugs. buggy defect logic edge_case regression coding_error code_error
        programming_error software_error error_in_the_code error_en_el_codigo erro_no_codigo
        erreur_de_code programmierfehler fehler_im_code errore_nel_codice バグ 不具合 ロジック
        fehler.""",
    "wrong_logic": """
        null_pointer nullpointer unhandled_exception uncaught infinite_loop off_by_one rounding
        time_zone timezone leap_year leap_second calculation estimation miscalculat excepcion_no
        excecao_nao 例外 計算ミス 無限ループ endless_loop infinite_recursion""",
    "human": """
        human_error error_humano erro_humano erreur_humaine menschlich errore_umano 人為
        ヒューマンエラー 操作ミス""",
    "ci": """
        ci. cd. pipeline build. builds. deployment_process github_actions jenkins パイプライン""",
    "firewall": """
        firewall security_group iptables ufw. waf. cortafuegos pare_feu ファイアウォール""",
    "paths": """
        path. paths. filename file_name extension. symlink symbolic_link port. chmod chown ruta.
        caminho chemin pfad percorso ファイル名 パス ポート file_permission file_owner
        ownership_of_the_file""",
    "cause": """
        caused cause. causes. causing due. because resulted resulting led. leads. leading
        root_cause stemm triggered attributed reason traced_to culprit responsible_for owing_to
        originat allowed. debido causo causaron causado causada causa. causas porque por_que
        provoc origin culpable a_raiz devido causou resultou levou por_conta_de du_a due_a
        a_cause provoqu en_raison raison entrain parce_que suite_a conduit verursach ursache
        grund. grunde aufgrund wegen. weil ausgelost fuhrte. gefuhrt dovut causato perche motivo
        原因 ため により によって 起因 引き起こ せいで as_a_result result_of made_it results_in
        results_from turned_out turns_out resulto_ser resulta_que acabou_sendo il_s_avere
        stellte_sich_heraus si_e_scoperto si_e_rivelat""",
    "instead": """
        instead_of rather_than en_lugar_de en_vez_de em_vez_de au_lieu_de statt. anstatt
        anstelle invece_di 代わりに ではなく""",
    "staging": """
        staging homolog preprod pre_prod test_environment testing_environment entorno_de_prueba
        ambiente_de_teste testumgebung ambiente_di_test ステージング 検証環境 テスト環境""",
    "production": """
        production prod. produccion producao produktion produzione 本番""",
    "search": """
        search_index search_engine elasticsearch opensearch""",
    "blocked": """
        block. blocks. blocked blocking blockier bloqu blocc ブロック 待たされ""",
    "assumption": """
        assumed_that_every assumes_that_every assumed_every assumes_every assumed_that_all
        assumes_there assumed_there asumia_que assumia_que supposait_que""",
    "suspect": """
        suspect assum initial initially mislead potential hypothes no_issue no_issues ruled_out
        not_the_cause unrelated focused_on focusing_on investigation_focused sospech suposi
        inicial descart suspeit soupcon suppos ecart verdacht vermut zunachst ausgeschlossen
        sospett inizial ipotes 疑 仮説 当初""",
    "not": """
        no. not. never t. nor. neither without lack lacked lacking missing failed absence unable
        ningun nunca nao. nenhum sem. sin. pas. aucun jamais sans. ne. nicht kein keine keinen
        nie. ohne. non. nessun mai. senza. ません なかった ず、 ない""",
    "became_known": """
        root_cause identified discovered revealed determined confirmed found pinpoint traced
        causa_raiz identific descubr encontr determin confirm cause_racine decouv identifi trouv
        ursache identifiziert gefunden entdeckt individuat scopert 判明 特定 発覚""",
}

FAILURES = Lexicon(_WRITTEN)
