"""What people and programs call secrets, in many languages, as parts of patterns.

    PASSWORDS  what it names may be weak, so nearly any value beside it counts
    KEYS       what it names is drawn at random, so only such values count
    ...        labels of seed phrases, backup codes, one-time codes

Matched without case. Words that also name harmless things stand in NOT_A_LABEL with what they name.
"""

PASSWORDS = (
    r"pass[ _-]?words?|passw[o0]rd|passwd|passphrase|pass[ _-]?phrase|pass[ _-]?code|passwrd|"
    r"passwort|passwörter|kennw[oö]rt(?:er)?|"
    r"wlan-?(?:schlüssel|code)|netzwerkschlüssel|sicherheitsschlüssel|wi-?fi[ -]?(?:key|code|pass\w*)|"
    r"network[ _-]?key|wpa2?[ _-]?(?:key|psk|passphrase)|psk|"
    r"zugangscode|kennziffer|geheimzahl|mot de passe|mots de passe|mdp|clé (?:wi-?fi|wep|wpa|"
    r"de sécurité)|code secret|contraseñas?|contrasena|"
    r"clave(?: de acceso)?|senhas?|palavra[ -]passe|chave de acesso|parola d'ordine|parol[aă]|"
    r"wachtwoord(?:en)?|toegangscode|"
    r"lösenord|l[oö]senkod|passord|adgangskode|kodeord|salasana|tunnussana|hasł[oa]|haslo|"
    r"heslo|jelszó|jelszo|lozinka|zaporka|geslo|"
    r"şifre(?:si|niz)?|sifre|parola(?:sı|nız)?|пароль|пароля|паролем|парола|кодовое слово|"
    r"κωδικός(?: πρόσβασης)?|סיסמה|סיסמא|"
    r"كلمة (?:المرور|السر)|رمز عبور|पासवर्ड|รหัสผ่าน|mật khẩu|kata sandi|密码|密碼|口令|パスワード|暗証番号|비밀번호|암호|"
    r"pwd|passwd|pword|pswd|pw|psw|credentials?"
)
# As parts of identifiers: db_pass, become_pass, adminPwd, ROOT_PW.
PASSWORDS_IN_NAMES = (
    r"password|passwd|passphrase|passcode|passwort|kennwort|passw|pass|pwd|psw|pw|contrasena|"
    r"senha|motdepasse|mdp|parola|haslo|heslo|wachtwoord|losenord|salasana|sifre|psk"
)
# What stands before `name / password`.
LOGIN = (
    r"log-?ins?|users?(?:name)?|account|cred(?:ential)?s?|access|admin|zugang(?:sdaten)?|"
    r"anmeldung|benutzer(?:name)?|identifiants?|"
    r"connexion|usuario|acceso|utilizador|gebruiker|utente|inlogg\w*|logowanie|логин|доступ"
)
PIN = (
    r"pin(?:[ -]?(?:code|number|nummer))?|puk\d?|tan|geheimzahl|code pin|código pin|"
    r"codice pin|pincode|door code|türcode|zahlencode|safe code|alarm code|code d'entrée|"
    r"gate code"
)

KEYS = (
    r"api[ _-]?(?:keys?|secrets?|tokens?|schlüssel)|keys?|secrets?(?:[ _.-]?(?:access[ _.-]?)?"
    r"(?:key|value|string|token))?|tokens?|pat|bearer|"
    r"credentials?|authorization|auth|connection[ _]?strings?|cookie|session[ _-]?id|sessionid|signature|sig|"
    r"zugangs?token|zugriffs?token|zugriffsschlüssel|geheimer schlüssel|geheimschlüssel|"
    r"privater schlüssel|geheimnis|lizenzschlüssel|"
    r"aktivierungs(?:code|schlüssel)|jeton|clé|clave|chave|chiave|sleutel|nyckel|nøkkel|nøgle|"
    r"avain|klucz|klíč|kulcs|cheie|anahtar|"
    r"ключ|токен|секрет|密钥|令牌|アクセスキー|シークレット|トークン|키|토큰"
)
KEYS_IN_NAMES = (
    r"api[_.-]?key|secret|token|access[_.-]?key|private[_.-]?key|auth|credential|"
    r"signing[_.-]?key|encryption[_.-]?key|master[_.-]?key|account[_.-]?key|storage[_.-]?key|"
    r"app[_.-]?key|license[_.-]?key|session[_.-]?id|cookie|pat|jwt|dsn|salt|key|sas|seed"
)
# `X key`, `X token` and the like that name no secret.
NOT_A_LABEL = (
    r"(?:public|foreign|cache|sort|partition|hot|shortcut|idempotency|site|host|publishable)"
    r"[ _-]?key|pub[ _-]?key|pubkey|pk_|tokenizer|"
    r"token[ _-]?(?:usage|counts?|limit|type|s used|budget|name)|max[_ ]?tokens|"
    r"tokens[_ ]?per|public[_-]?token|accessor|"
    r"key[ _-]?(?:name|size|length|type|board|code|ring|fingerprint)|(?<!access )(?<!access_)(?<!access)key[ _-]?id|"
    r"fingerprint|digest|checksum|sha\d*(?![a-z])|md5|etag|hash(?![a-z])|hashed|integrity|thumbprint|author(?!i)|"
    r"passwords?[ _-]?(?:hash|policy|length|field|file|reset|strength|hint|manager|expir\w+|"
    r"min\w*|max\w*|must|should|regex|pattern|rules?)"
)

SEED_LABEL = (
    r"(?:secret )?(?:recovery|seed|backup|mnemonic|wallet|wiederherstellungs)[ -]?(?:phrase|"
    r"words|seed|mnemonic|sätze?|phrasen?|wörter)|mnemonic|seed phrase|seed words|"
    r"seed|secret phrase|frase (?:semilla|de recuperación|di recupero|de recuperação|segreta|"
    r"secreta)|phrase (?:de récupération|secrète)|"
    r"herstelzin|återställningsfras|сид[- ]?фраза|фраза восстановления|助记词|助記詞|"
    r"リカバリーフレーズ|シードフレーズ|복구 구문"
)
BACKUP_LABEL = (
    r"(?:backup|back-up|recovery|rescue|scratch|emergency|one[- ]time backup)[ _-]?codes?|"
    r"(?:backup|recovery|rescue)[ _-]?keys?|"
    r"wiederherstellungs(?:code|codes|schlüssel)|backup-?codes?|notfall-?codes?|"
    r"ersatz-?codes?|codes? de (?:secours|récupération|sauvegarde)|"
    r"códigos? de (?:recuperación|respaldo|seguridad|recuperação|backup)|"
    r"codic[ei] di (?:backup|recupero|riserva)|herstelcodes?|"
    r"återställningskod(?:er)?|reservkoder|gjenopprettingskoder|gendannelseskoder|"
    r"palautuskoodit|kody (?:zapasowe|odzyskiwania)|záložní kódy|"
    r"резервные коды|коды восстановления|kurtarma kodları|yedek kodlar|"
    r"备用码|恢复代码|バックアップ\s?コード|リカバリーコード|백업 코드"
)
ONE_TIME_LABEL = (
    r"(?:verification|security|authentication|auth|confirmation|login|log-?in|sign-?in|access|"
    r"one[- ]?time|single[- ]use|2fa|mfa|two[- ]factor|"
    r"two[- ]step|sms|otp|authenticator|activation|identification)[ -]?(?:pass)?(?:code|token|"
    r"pin|password|passcode)s?|otp|totp|"
    r"(?:bestätigungs|verifizierungs|sicherheits|anmelde|einmal|authentifizierungs|freigabe)"
    r"[- ]?(?:code|passwort|kennwort|pin)|(?:sms|mobile|push|foto)?-?tan\b|"
    r"code (?:de|d') ?(?:vérification|sécurité|confirmation|validation|connexion)|code à usage unique|"
    r"código (?:de|único)(?: (?:verificación|seguridad|confirmación|acceso|verificação|"
    r"segurança|confirmação|acesso))?|codice (?:di )?(?:verifica|sicurezza|conferma|accesso|"
    r"otp)|"
    r"verificatiecode|beveiligingscode|inlogcode|verifieringskod|engångskod|säkerhetskod|"
    r"bekreftelseskode|bekræftelseskode|engangskode|vahvistuskoodi|"
    r"kod (?:weryfikacyjny|potwierdzający|bezpieczeństwa|jednorazowy)|ověřovací kód|"
    r"kód (?:pro )?ověření|jednorázový kód|код (?:подтверждения|безопасности|доступа)|"
    r"одноразовый (?:код|пароль)|"
    r"doğrulama kodu|onay kodu|güvenlik kodu|"
    r"验证码|驗證碼|校验码|認証コード|確認コード|ワンタイム(?:パスワード|コード)|"
    r"인증번호|인증 코드|رمز التحقق|קוד אימות"
)
SETUP_KEY_LABEL = (
    r"set-?up key|setup code|secret key|secret code|authenticator|totp|2fa|otp|manual(?:ly)?"
    r" (?:entry|code|key|enter)|two-factor|einrichtungsschlüssel|"
    r"clé de configuration|clave de configuración|enter (?:this|the) (?:key|code)|"
    r"geheimer schlüssel|secret|can't scan|seed"
)
