"""Names and words of made-up people, each as often as in life: a few have most of the use, the many have little."""

import random
from collections.abc import Callable, Sequence
from itertools import accumulate

# The most used first. What stands at rank r is used as 1 / (r + flatness): the first given name is had by two in a
# hundred, the first family name by one, and "jeg" stands in most messages.
_GIVEN = (
    "Anne Jan Per Bjørn Inger Ole Lars Kari Kjell Marit Ingrid Knut Liv Arne Svein Thomas Eva Hans Geir Berit Tor"
    " Astrid Morten Terje Bjørg Odd Hilde Erik Martin Anna Solveig Andreas Marianne John Randi Rune Ida Anders"
    " Nina Kåre Elisabeth Daniel Maria Kristin Tore Leif Trond Bente Heidi Olav Silje Magnus Emma Fredrik Hanne"
    " Jon Linda Harald Tone Nils Gunnar Stian Jorunn Emil Torill Øyvind Nora Kristian Anita Mona Ellen Jonas"
    " Kristoffer Tove Einar Lise Helge Wenche Sigrid Sara Helene Mohammed Rolf Julie Alexander Laila Camilla Ivar"
    " Lene Steinar Gerd Reidun Sofie Dag Stein Olga Henrik Vigdis Aud Frode Marius Egil Thea Kristine Roar Maja"
    " Sissel Arild Ingeborg Roger Grete Dagny Oskar Unni Jakob Karin Sindre Synnøve Amalie Mathias Ruth Eirik Noah"
    " Elin Vegard Ali Jenny Tobias Åse Espen Mette Sander Gro Pål Ella Håvard Turid Lucas Fatima Filip Vilde"
    " Adrian Håkon Olivia William Ahmed Oliver Liam Isak Sofia Ragnhild Frida Ove Leah Amina Christian Alma Omar"
    " Hedda Kaja Aksel Astri Ulrik Live Yusuf Vera Agata Piotr Zofia Øystein Maryam Hassan Selma Eline Tiril"
    " Jørgen Gudrun Signe Åshild Torunn Mikkel Sverre Bergljot Asbjørn Tuva"
)
_FAMILY = (
    "Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Johnsen Pettersen Eriksen"
    " Berg Haugen Hagen Johannessen Andreassen Jacobsen Dahl Jørgensen Halvorsen Henriksen Lund Sørensen Jakobsen"
    " Moen Gundersen Iversen Strand Solberg Svendsen Eide Knutsen Martinsen Paulsen Bakken Kristoffersen Mathisen"
    " Lie Amundsen Rasmussen Bakke Lunde Solheim Fredriksen Kristensen Moe Nguyen Berge Ali Andresen Nygård Holm"
    " Hauge Christensen Knudsen Myhre Ahmed Haugland Tangen Thomassen Simonsen Sæther Arnesen Danielsen Isaksen"
    " Sandvik Ruud Ellingsen Antonsen Rønning Næss Khan Holmen Ness Vik Thorsen Jenssen Myklebust Aas Eliassen"
    " Hermansen Strøm Bøe Ødegård Mohamed Mikkelsen Gulbrandsen Fossum Tveit Hussain Aune Birkeland Helland Sunde"
    " Wold Singh"
)
_FIRST = (
    "Nord Sør Øst Vest Lille Stor Ny Gammel Bjørke Furu Aske Lang Bred Høy Fager Grønn Kvern Lind Rogne Selje"
    " Ulve Bjørne Eike Gran Hassel Kirke Prest Sand Stein Troll"
)
_LAST = "dal vik mann berg haug nes lund moen stad heim rud land bakken vold seth eng åsen sæter tveit bø"
_SYLLABLES = (
    "be ning for ler sam vei opp ta inn gra ve ster kom men ut ska pe lig het mo re ni da vik to sa ke rå dy ly spe ri"
    " fra mel ån kve tro gje pla hu ø"
)
_OTHER_WORDS = 5000
_FARM = 0.62
_SECOND = 0.12
_SMALL = (
    "jeg har og i det som på til for at er av en ikke med vært så om å hadde kan men siden ved fra skal også noe"
    " meg min den når litt dette nå vil hei får bare eller etter mye da de blitt hva gjøre være mer tatt fått før"
    " veldig"
)
_TOPICS = (
    "vondt time resept smerter medisin legen hilsen uker dager takk skulder rygg kne blodprøve hodepine kontroll"
    " feber sykmelding hoste mage henvisning tabletter svar utslett søvn hofte nakke hjerte allergi svimmel kvalme"
    " røntgen vaksine blodtrykk fysioterapi apotek sliten astma prøver fastlege angst diabetes influensa ankel"
    " stoffskifte migrene øre bihuler kløe eksem hals jern legeerklæring urinprøve antibiotika spesialist sykehus"
    " ferie øye kolesterol pollen puls tannlege vitaminer albue håndledd depresjon føflekk forkjølelse helsekort"
    " barnet mor graviditet"
)
_PLACES = (
    "skulder rygg kne hode bryst mage hofte nakke hjerte øre øye fot hånd ankel albue hals lunge lever nyre blære"
    " hud muskel ledd sene nerve tann kjeve legg lår blod"
)
_TROUBLES = (
    "smerter plager betennelse prøve undersøkelse operasjon trening kløe kramper problemer skade brudd hevelse"
    " sykdom lidelse behandling kontroll tabletter krem dråper svikt infeksjon stivhet time klinikk avdeling"
    " spesialist bilde måling utredning"
)
_GIVEN_FLAT, _FAMILY_FLAT, _WORDS_FLAT, _WORDS_STEEP = 20, 40, 3, 1.3


def _by_rank(
    names: Sequence[str], flatness: int, chance: random.Random, steepness: float = 1.0
) -> Callable[[int], list[str]]:
    shares = list(accumulate((rank + flatness) ** -steepness for rank in range(len(names))))
    return lambda count: chance.choices(names, cum_weights=shares, k=count)


def names(chance: random.Random) -> Callable[[], tuple[str, str]]:
    """Who gives a person's given and family name each time. Some have two given names, most a farm's name."""
    given, family = _by_rank(_GIVEN.split(), _GIVEN_FLAT, chance), _by_rank(_FAMILY.split(), _FAMILY_FLAT, chance)
    first, last = _FIRST.split(), _LAST.split()

    def one() -> tuple[str, str]:
        called = given(2 if chance.random() < _SECOND else 1)
        farm = chance.choice(first) + chance.choice(last)
        return " ".join(called), farm if chance.random() < _FARM else family(1)[0]

    return one


def talk(chance: random.Random) -> Callable[[int], str]:
    """Who says so many words: most of them small, then what people see a doctor for, then what is seldom said."""
    seldom = [place + trouble for place in _PLACES.split() for trouble in _TROUBLES.split()]
    syllables = _SYLLABLES.split()
    seldom += ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(_OTHER_WORDS)]
    chance.shuffle(seldom)
    spoken = _by_rank([*_SMALL.split(), *_TOPICS.split(), *seldom], _WORDS_FLAT, chance, _WORDS_STEEP)
    return lambda count: " ".join(spoken(count))


def subject(chance: random.Random) -> Callable[[], str]:
    """Who gives a conversation's title: one to three of the things people see a doctor for."""
    topics = _by_rank(_TOPICS.split(), _GIVEN_FLAT, chance)
    return lambda: " ".join(topics(chance.randint(1, 3))).capitalize()
