"""The words that generated days are made of: topics, what everybody writes, what programs say, names."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NOUNS = _words(
    """
    anchor apricot arch atlas badger balcony ballast bamboo barley basalt basin beacon beetle bellows birch
    bishop blanket blossom bobbin bonnet border bottle boulder bramble brass breeze bridge bucket buckle bullet
    bushel butter button cabin cactus camel candle canoe canvas caravan carbon cargo carpet castle cedar cellar
    cement chalk channel chapel cherry chimney chisel cider cinder circuit citrus clay cliff clover cobalt
    coffee collar column comet compass copper coral corridor cotton cradle crane crater cricket crimson crystal
    curtain cushion cypress dagger daisy damper delta desert diesel dolphin donkey drapery drawer drift drum
    dune eagle easel ebony echo elbow ember enamel engine estuary fabric falcon feather fennel ferry fiddle
    filter flannel flint flute forest fossil fountain fox freight frost funnel furnace gallery garlic garnet
    gasket gate geyser ginger girder glacier goblet gorge granite gravel grove guitar gypsum hammer harvest
    hatch hazel hedge helmet heron hinge honey horizon hull icicle indigo inlet iris iron island ivory jacket
    jade jasmine jetty jewel jigsaw juniper kayak kernel kettle keyhole kiln kite ladder lagoon lantern lattice
    laurel lavender leather ledger lemon lever lichen lilac linen lobster locket loom lotus lumber magnet mallet
    mango mantle maple marble marina marsh meadow medal melon mercury mill mineral mirror mitten moat molar
    monsoon mosaic mosque moss mural musket mustard needle nickel nozzle nutmeg oasis oatmeal obelisk ocean
    olive onion opal orbit orchard otter oven oyster paddle pagoda palette panel panther papaya parcel parsley
    pasture pebble pelican pendulum pepper piano pigeon pillar pine pipe piston plank plaster plateau plaza
    plough plum pocket pollen pond poplar portal pottery powder prairie prism propeller pulley pumpkin python
    quarry quartz quilt rabbit radish raft railing rapids raven reef resin ribbon ridge rivet rocket rosemary
    rudder saddle saffron sail salmon sandal satchel scarf scissors screw shelf shingle shovel shutter silk silo
    skillet slate sleeve socket spade sparrow spindle spire sponge spruce stable statue steam stencil stirrup
    stork stove sulphur summit sundial swallow syrup tablet tannin tapestry tavern teapot temple terrace thimble
    thistle thunder thyme timber tinder torch trellis trolley trout tulip tundra tunnel turbine turnip turret
    twine valley valve vanilla velvet vessel villa vine violin volcano wagon walnut walrus weasel wharf wheat
    whistle wicker willow windmill wool zinc zipper
    """
)

FILLERS = _words(
    """
    review status change update again later please thanks could should work week team list note check send reply
    meeting number value option result start finish problem question answer version report total amount point
    example detail next better first second simple large small different possible important general system
    process several during between
    """
)

TECHNICAL = _words(
    """
    function return class import value error test assert module branch commit merge build deploy server client
    request response index query table column schema migration cache queue thread timeout retry config package
    release log metric
    """
)

GIVEN = _words(
    """
    Ada Bela Cora Dario Edda Falk Gesa Hugo Ines Jonas Kira Leon Mila Nils Olga Pavel Rosa Sven Tilda Uwe
    """
)

FAMILY = _words(
    """
    Abbott Berger Castell Dorn Engel Fink Garnier Holm Ibsen Janssen Kroll Lund Moser Novak Otto Pohl
    """
)
