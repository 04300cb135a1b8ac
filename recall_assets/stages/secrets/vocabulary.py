"""What people and programs call secrets, in many languages, as parts of patterns.

    PASSWORD   what it names may be weak, so nearly any value beside it counts
    KEY        what it names is drawn at random, so only such values count
    ...        labels of seed phrases, backup codes, one-time codes

Matched without case. Words that also name harmless things stand in NOT_A_LABEL with what they name.
"""

PASSWORD = (
    r"pass[ _-]?words?|passw[o0]rd|passwd|passphrase|pass[ _-]?phrase|pass[ _-]?code|passwrd|passwort|passwörter|kennw[oö]rt(?:er)?|"
    r"wlan-?schlüssel|netzwerkschlüssel|sicherheitsschlüssel|wi-?fi[ -]?(?:key|pass\w*)|network[ _-]?key|wpa2?[ _-]?(?:key|psk|passphrase)|psk|"
    r"zugangscode|kennziffer|geheimzahl|mot de passe|mots de passe|mdp|clé (?:wi-?fi|wep|wpa|de sécurité)|code secret|contraseñas?|contrasena|"
    r"clave(?: de acceso)?|senhas?|palavra[ -]passe|chave de acesso|parola d'ordine|parol[aă]|wachtwoord(?:en)?|toegangscode|"
    r"lösenord|l[oö]senkod|passord|adgangskode|kodeord|salasana|tunnussana|hasł[oa]|haslo|heslo|jelszó|jelszo|lozinka|zaporka|geslo|"
    r"şifre(?:si|niz)?|sifre|parola(?:sı|nız)?|пароль|пароля|паролем|парола|кодовое слово|κωδικός(?: πρόσβασης)?|סיסמה|סיסמא|"
    r"كلمة (?:المرور|السر)|رمز عبور|पासवर्ड|รหัสผ่าน|mật khẩu|kata sandi|密码|密碼|口令|パスワード|暗証番号|비밀번호|암호|"
    r"pwd|passwd|pword|pswd|pw|psw|credentials?"
)
# As parts of identifiers: db_pass, become_pass, adminPwd, ROOT_PW.
PASSWORD_PART = r"password|passwd|passphrase|passcode|passwort|kennwort|passw|pass|pwd|psw|pw|contrasena|senha|motdepasse|mdp|parola|haslo|heslo|wachtwoord|losenord|salasana|sifre|psk"
PIN = r"pin(?:[ -]?(?:code|number|nummer))?|puk\d?|tan|geheimzahl|code pin|código pin|codice pin|pincode|door code|türcode|zahlencode|safe code|alarm code|code d'entrée|gate code"

KEY = (
    r"(?:api|access|secret|auth|app(?:lication)?|account|storage|shared|service|master|license|licence|product|activation|encryption|"
    r"signing|session|client|consumer|subscription|deploy|write|ingest|private|admin|root|server|webhook|hmac|jwt|signature|"
    r"primary|secondary|host|function|bot|s3|license)[ _.-]?keys?|"
    r"(?:client|app(?:lication)?|consumer|shared|api|webhook|signing|oauth|user|service|jwt|session)?[ _.-]?secrets?(?:[ _.-]?(?:access[ _.-]?)?(?:key|value|string|token))?|"
    r"(?:\w{1,16}[ _.-])?tokens?|pat|personal access token|bearer|credential|authorization|auth|"
    r"connection[ _]?string|cookie|session[ _-]?id|sessionid|sid|x-amz-\w+|signature|sig|"
    r"zugangs?token|zugriffs?token|zugriffsschlüssel|api-?schlüssel|geheimer schlüssel|geheimschlüssel|privater schlüssel|geheimnis|lizenzschlüssel|aktivierungs(?:code|schlüssel)|"
    r"jeton(?: d'accès)?|clé(?: d'api| api| secrète| privée| d'accès)|clave(?: de api| secreta| privada| api)|chave(?: de api| secreta| privada| da api)|"
    r"chiave(?: api| segreta| privata)|sleutel|geheime sleutel|nyckel|klucz(?: api| prywatny)?|klíč|ключ(?: api| доступа)?|токен|секрет|"
    r"密钥|令牌|アクセスキー|シークレット|トークン|키|토큰"
)
KEY_PART = r"api[_.-]?key|apikey|secret|token|access[_.-]?key|private[_.-]?key|auth|credential|signing[_.-]?key|encryption[_.-]?key|master[_.-]?key|account[_.-]?key|storage[_.-]?key|app[_.-]?key|license[_.-]?key|session[_.-]?id|cookie|pat|jwt|dsn|salt|key|sas|seed"
# `X key`, `X token` and the like that name no secret.
NOT_A_LABEL = (
    r"public|foreign|primary key|cache|sort|partition|hot|shortcut|idempotency|tokenizer|csrf_?token_?name|token[ _-]?(?:usage|count|limit|type|s used|budget)|"
    r"key[ _-]?(?:id|name|size|length|type|board|code|ring|fingerprint)|max[_ ]?tokens|tokens[_ ]?per|public[_-]?token|accessor|fingerprint|digest|"
    r"checksum|sha\d*|md5|etag|hash|integrity|thumbprint|password[_ -]?(?:hash|policy|length|field|file|reset|strength|hint|manager|expir\w+|min\w*|max\w*)|passwords? (?:must|should|expire)|"
    r"site[_ -]?key|publishable|pk_|pub[_ -]?key|pubkey|host[_ -]?key|author"
)

SEED_LABEL = (
    r"(?:secret )?(?:recovery|seed|backup|mnemonic|wallet|wiederherstellungs)[ -]?(?:phrase|words|seed|mnemonic|sätze?|phrasen?|wörter)|mnemonic|seed phrase|seed words|"
    r"seed|secret phrase|frase (?:semilla|de recuperación|di recupero|de recuperação|segreta|secreta)|phrase (?:de récupération|secrète)|"
    r"herstelzin|återställningsfras|сид[- ]?фраза|фраза восстановления|助记词|助記詞|リカバリーフレーズ|シードフレーズ|복구 구문"
)
BACKUP_LABEL = (
    r"(?:backup|back-up|recovery|rescue|scratch|emergency|one[- ]time backup)[ _-]?codes?|(?:backup|recovery|rescue)[ _-]?keys?|"
    r"wiederherstellungs(?:code|codes|schlüssel)|backup-?codes?|notfall-?codes?|ersatz-?codes?|codes? de (?:secours|récupération|sauvegarde)|"
    r"códigos? de (?:recuperación|respaldo|seguridad|recuperação|backup)|codic[ei] di (?:backup|recupero|riserva)|herstelcodes?|"
    r"återställningskod(?:er)?|reservkoder|gjenopprettingskoder|gendannelseskoder|palautuskoodit|kody (?:zapasowe|odzyskiwania)|záložní kódy|"
    r"резервные коды|коды восстановления|kurtarma kodları|yedek kodlar|备用码|恢复代码|バックアップ\s?コード|リカバリーコード|백업 코드"
)
ONE_TIME_LABEL = (
    r"(?:verification|security|authentication|auth|confirmation|login|log-?in|sign-?in|access|one[- ]?time|single[- ]use|2fa|mfa|two[- ]factor|"
    r"two[- ]step|sms|otp|authenticator|activation|identification)[ -]?(?:pass)?(?:code|token|pin|password|passcode)s?|otp|totp|"
    r"(?:bestätigungs|verifizierungs|sicherheits|anmelde|einmal|authentifizierungs|freigabe)[- ]?(?:code|passwort|kennwort|pin)|(?:sms|mobile|push|foto)?-?tan\b|"
    r"code (?:de|d') ?(?:vérification|sécurité|confirmation|validation|connexion)|code à usage unique|"
    r"código (?:de|único)(?: (?:verificación|seguridad|confirmación|acceso|verificação|segurança|confirmação|acesso))?|codice (?:di )?(?:verifica|sicurezza|conferma|accesso|otp)|"
    r"verificatiecode|beveiligingscode|inlogcode|verifieringskod|engångskod|säkerhetskod|bekreftelseskode|bekræftelseskode|engangskode|vahvistuskoodi|"
    r"kod (?:weryfikacyjny|potwierdzający|bezpieczeństwa|jednorazowy)|ověřovací kód|kód (?:pro )?ověření|jednorázový kód|код (?:подтверждения|безопасности|доступа)|одноразовый (?:код|пароль)|"
    r"doğrulama kodu|onay kodu|güvenlik kodu|验证码|驗證碼|校验码|認証コード|確認コード|ワンタイム(?:パスワード|コード)|인증번호|인증 코드|رمز التحقق|קוד אימות"
)
SETUP_KEY_LABEL = (
    r"set-?up key|setup code|secret key|secret code|authenticator|totp|2fa|otp|manual(?:ly)? (?:entry|code|key|enter)|two-factor|einrichtungsschlüssel|"
    r"clé de configuration|clave de configuración|enter (?:this|the) (?:key|code)|geheimer schlüssel|secret|can't scan|seed"
)
