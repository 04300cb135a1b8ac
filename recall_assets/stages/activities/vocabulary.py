"""Words that tell nothing about a purpose, by where they stand; general ones, no product of anybody's."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NORMS = _words(
    """
    UTF ISO IEC DIN EN IEEE RFC CVE CWE SHA MD AES RSA DES ECDSA ED HMAC TLS SSL HTTP HTTPS IPV TCP UDP USB HDMI
    PCI GPT COVID SARS ANSI ASCII CP PEP JEP JSR BCP FIPS NIST GMT UTC MP RGB RTX GTX CPU GPU DDR WPA VGA LTE Q
    H A B T PAGE ROUND VERSION STEP PART FIG TABLE LINE PORT TOP LEVEL
    """
)

SHELVES = _words(
    """
    src code dev git repos repo projects project work workspace workspaces github gitlab go documents desktop
    downloads home tmp temp var opt source sources
    """
)

CODE_PATHS = _words(
    """
    merge_requests pull pulls issues blob tree commit commits pipelines pipeline jobs compare branches tags
    releases wiki actions raw src blame merge mr pr ci builds boards milestones
    """
)

PLAIN_PATHS = _words(
    """
    index home login signin sign-in search new edit view inbox sent drafts mail message messages thread threads
    docs doc page pages watch item items product products article articles blog post posts channel channels room
    rooms chat week day month calendar events browse list user users account settings dashboard admin app api
    help en de fr es it nl sv www html php aspx htm
    """
)

STOPWORDS = _words(
    """
    the and for are but not you your with this that from they have has had was were will would there their what
    when which who how why can could should may might must been being its our out all any some more most other
    into over than then them these those only also just about after before each per via und der die das ein eine
    mit von für ist nicht auf dem den des les des une pour dans sur est pas los las una por con para del http
    https www com org net html index new open view edit save file help search home back next close menu page
    show
    """
)

# First labels of hosts, and words of addresses, that name a service which serves every purpose.
SERVICES = _words(
    """
    mail email webmail imap outlook gmail inbox chat im talk teams slack cal calendar meet meeting zoom call calls
    search find duckduckgo google bing docs doc drive files cloud wiki tracker issues jira git gitlab github code
    review ci vault pass passwords keyring login auth sso accounts id home start news translate maps
    video videos tube talk lectures watch
    """
)

# Words of titles that name a kind of file, page or program, never what it is about.
GENERIC_TITLES = _words(
    """
    todo todos notes note scratch untitled unnamed readme inbox mail chat calendar kalender calls meet week today tab
    document dokument draft table sheet search results issues issue board login sign page window terminal txt md rst
    pdf odt ods odp doc docx xls xlsx ppt pptx csv json yaml yml toml py js ts tsx java rs go cpp hpp html css sql sh
    log png jpg merge request requests pull pipeline pipelines standup retro daily weekly call meeting
    """
)

# What programs of a kind say whatever they are used for: mail, chat, calls, films, shops, trackers; and calendar words.
INTERFACE = _words(
    """
    mute unmute camera microphone mic participant participants leave join joined recording recorded share sharing
    screen raise hand reaction subscribe subscribed subscribers comment comments views view like likes dislike next
    autoplay transcript speed reply replied forward archive trash spam compose inbox sent drafts draft starred
    folder folders label labels unread subject thread threads mention mentions channel channels direct message
    messages typing online offline away settings profile notifications account accounts password username sign log
    logout login register submit cancel apply reset filter sort select selected checkout basket cart wishlist
    delivery shipping quantity subtotal results images videos maps news assignee reporter priority status open
    closed opened created updated assigned labels milestone milestones activity overview changes commits pipelines
    approve approved approvals resolve resolved merge merged lecture lectures talk talks tutorial reference
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august
    september october november december today tomorrow yesterday week weeks month months year years day days hour
    hours minute minutes ago send sent call calls meeting meetings standup retro daily weekly
    """
)
