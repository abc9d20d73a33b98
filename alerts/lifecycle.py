"""Turns the standing levels of one target for one subject into its early warnings and what changed in them.

The episodes that should stand are a pure function of the levels (``episodes``): nothing about them depends on the
order or the batches in which reports arrived. ``replay`` only works out how to get from the warnings that were stored
to the ones that should stand, in changes that people can be told:

* points newer than anything judged before are *news*: one change per point, in period order, as if they came singly;
* all older points are *revised*: episodes are matched by overlap, newest first, so that a warning which is active
  before and after keeps its id, and only a difference in what stands (a level, active or cleared) is a change. Where
  the level told of an earlier period is another one now, those who were told are told that too (*restated*).

A point that is not rated is passed over: it neither raises, clears nor continues anything.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from planwatch.contract.assessment import Status
from planwatch.contract.period import Period
from planwatch.contract.plan import Level
from planwatch.contract.warning import Cause, Change, ChangeKind, EarlyWarning, EpisodeState, WarningKey

Point = tuple[Period, Status, Level | None]
"""What is said of one target, subject and yardstick at the end of one period."""
Told = Mapping[str, Mapping[Period, Level | None]]
"""By warning and period the level that people were told last; None for no level."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A run of points above the best level: ``first`` and ``last`` of them, the newest level and the worst severity.

    ``before`` is what was said of the rated point before it. ``cleared_at`` is the good or exempt point that ended it,
    ``cleared_to`` what was said of that one (None for exempt).
    """

    first: Period
    last: Period
    level: Level
    peak: int
    before: Level | None = None
    cleared_at: Period | None = None
    cleared_to: Level | None = None

    @property
    def at(self) -> Period:
        """The newest point that had a part in it."""
        return self.cleared_at or self.last

    def one_on(self, period: Period, level: Level) -> "Episode":
        """Itself, one point on."""
        return replace(self, last=period, level=level, peak=max(self.peak, level.severity))


@dataclass(frozen=True, slots=True)
class Outcome:
    """``warnings`` are those to store: new, or different from before. ``changes`` are in the order to be told.

    ``told`` is the warning as it stood right after each change, by the id of the change: what people are told must not
    depend on how much was judged in one pass.
    """

    warnings: tuple[EarlyWarning, ...] = ()
    changes: tuple[Change, ...] = ()
    told: Mapping[str, EarlyWarning] = field(default_factory=dict)


def in_order(period: Period) -> tuple[int, int, int]:
    """The order in which points are judged: by their end, the longer of two with one end first."""
    return period.year, period.last, period.first


def episodes(levels: Iterable[Point]) -> tuple[Episode, ...]:
    """The episodes that should stand, oldest first; the order of ``levels`` does not matter."""
    return _newest_of_each(_walk(levels))


def replay(
    key: WarningKey,
    before: Sequence[EarlyWarning],
    levels: Iterable[Point],
    *,
    judged_until: Period | None,
    cause: Cause,
    now: datetime,
    told: Told | None = None,
    first: Cause | None = None,
) -> Outcome:
    """How the warnings of ``key`` change from ``before`` to what ``levels`` say.

    ``before`` are all stored warnings of the key, in any state. ``levels`` are the judgements that stand now, of all
    its points. ``judged_until`` is the newest period that was rated or exempt *before this pass* (None if there was
    none; a period that was only ever *not rated* does not count): what lies up to it is revision (``corrected``),
    what lies after it is news. ``cause`` (for news ``first``) and ``now`` are put on every change. ``told`` is what
    people were told last of each period, by the id of the warning.
    """
    points, horizon = list(levels), _horizon(before, judged_until)
    known: list[Episode] = []
    news: list[Episode] = []
    for episode in _walk(points):
        (news if in_order(episode.at) > horizon else known).append(episode)
    book = _Book(key, cause, first or cause, now, {warning.id: warning for warning in before})
    standing = book.revise(_newest_of_each(known))
    book.restate(told or {}, {period: level for period, _, level in points})
    standing = {first: book.warnings[warning.id] for first, warning in standing.items()}
    for episode in news:
        standing[episode.first] = book.follow(standing.get(episode.first), episode, corrected=False)
    return book.outcome(before)


def _walk(levels: Iterable[Point]) -> Iterator[Episode]:
    """The episode in question after each point that begins, continues or ends one."""
    episode: Episode | None = None
    said: Level | None = None
    for period, status, level in sorted(levels, key=lambda point: in_order(point[0])):
        if status is Status.NOT_RATED:
            continue
        if status is Status.RATED and level is not None and level.severity > 0:
            fresh = Episode(period, period, level, level.severity, before=said)
            episode = episode.one_on(period, level) if episode else fresh
            yield episode
        elif episode:
            yield replace(episode, cleared_at=period, cleared_to=level)
            episode = None
        said = level


def _horizon(before: Sequence[EarlyWarning], judged_until: Period | None) -> tuple[int, int, int]:
    """The newest point anything was ever said of; stored warnings prove that something was."""
    said = [warning.cleared_at or warning.last for warning in before if warning.state is not EpisodeState.WITHDRAWN]
    return max((in_order(period) for period in [*said, judged_until] if period is not None), default=(0, 0, 0))


def _newest_of_each(walk: Iterable[Episode]) -> tuple[Episode, ...]:
    return tuple({episode.first: episode for episode in walk}.values())


def _severity(level: Level | None) -> int | None:
    return level.severity if level else None


def _overlap(warning: EarlyWarning, episode: Episode) -> bool:
    return in_order(warning.first) <= in_order(episode.last) and in_order(episode.first) <= in_order(warning.last)


def _kind(warning: EarlyWarning, episode: Episode) -> ChangeKind | None:
    """What people must be told when ``warning`` becomes ``episode``; None if they already know."""
    if episode.cleared_at is not None:
        return ChangeKind.CLEARED if warning.state is EpisodeState.ACTIVE else None
    if warning.state is not EpisodeState.ACTIVE or not warning.changes:
        return ChangeKind.RAISED
    if episode.level.severity == warning.level.severity:
        return None
    return ChangeKind.ESCALATED if episode.level.severity > warning.level.severity else ChangeKind.EASED


def _at(episode: Episode, warning: EarlyWarning) -> EarlyWarning:
    return replace(
        warning,
        state=EpisodeState.CLEARED if episode.cleared_at else EpisodeState.ACTIVE,
        first=episode.first,
        last=episode.last,
        level=episode.level,
        peak=episode.peak,
        cleared_at=episode.cleared_at,
    )


def warning_id(key: WarningKey, first: Period, taken: Iterable[str]) -> str:
    """16 hex digits for an episode raised at ``first``.

    A second one raised at the same period (the other was withdrawn, or has shifted away) counts on.
    """
    used = set(taken)
    number = 1
    while True:
        text = "\n".join((key.plan, key.target, key.subject, key.yardstick, first.label, str(number)))
        made = hashlib.sha256(text.encode()).hexdigest()[:16]
        if made not in used:
            return made
        number += 1


@dataclass
class _Book:
    """The warnings of one key and their changes, as one pass writes them down."""

    key: WarningKey
    cause: Cause
    first: Cause
    now: datetime
    warnings: dict[str, EarlyWarning]
    changes: list[Change] = field(default_factory=list)
    told: dict[str, EarlyWarning] = field(default_factory=dict)

    def revise(self, wanted: Sequence[Episode]) -> dict[Period, EarlyWarning]:
        """Make the stored warnings what ``wanted`` says; answers the warning of each episode by its first period."""
        partners = self._match(wanted)
        kept = {warning.id for warning in partners.values()}
        for warning in list(self.warnings.values()):
            if warning.id not in kept and warning.state is not EpisodeState.WITHDRAWN:
                self._withdraw(warning)
        return {episode.first: self.follow(partners.get(episode.first), episode, corrected=True) for episode in wanted}

    def restate(self, told: Told, levels: Mapping[Period, Level | None]) -> None:
        """Note each level told of a period that is another one now, unless this pass says something of that period."""
        fresh = {(change.warning_id, change.period) for change in self.changes}
        for warning in [one for one in self.warnings.values() if one.state is not EpisodeState.WITHDRAWN]:
            for period, said in sorted(told.get(warning.id, {}).items(), key=lambda one: in_order(one[0])):
                stands = levels.get(period)
                if (warning.id, period) not in fresh and _severity(said) != _severity(stands):
                    noted = self._note(
                        self.warnings[warning.id], ChangeKind.RESTATED, period, (said, stands), corrected=True
                    )
                    self.warnings[warning.id] = noted

    def _match(self, wanted: Sequence[Episode]) -> dict[Period, EarlyWarning]:
        """Which stored warning each episode continues, newest first."""
        standing = [warning for warning in self.warnings.values() if warning.state is not EpisodeState.WITHDRAWN]
        standing.sort(key=lambda warning: in_order(warning.first), reverse=True)
        partners: dict[Period, EarlyWarning] = {}
        for episode in reversed(wanted):
            partner = next((warning for warning in standing if _overlap(warning, episode)), None)
            if partner is not None:
                partners[episode.first] = partner
                standing.remove(partner)
        return partners

    def follow(self, warning: EarlyWarning | None, episode: Episode, *, corrected: bool) -> EarlyWarning:
        """Bring a warning to where its episode stands, opening it if there is none; notes the change, if any."""
        if warning is None:
            warning = self._open(episode)
            if episode.cleared_at is not None:  # its whole life lies in the past: tell the beginning, then the end
                raised = replace(episode, cleared_at=None, cleared_to=None)
                warning = self.follow(warning, raised, corrected=corrected)
        kind = _kind(warning, episode)
        moved = _at(episode, warning)
        if kind is not None:
            before = self._before(kind, warning, episode, corrected)
            after = episode.cleared_to if kind is ChangeKind.CLEARED else episode.level
            moved = self._note(moved, kind, episode.at, (before, after), corrected=corrected)
        self.warnings[moved.id] = moved
        return moved

    def _open(self, episode: Episode) -> EarlyWarning:
        made = warning_id(self.key, episode.first, self.warnings)
        return EarlyWarning(
            made, self.key, EpisodeState.ACTIVE, episode.first, episode.last, episode.level, episode.peak, changes=0
        )

    @staticmethod
    def _before(kind: ChangeKind, warning: EarlyWarning, episode: Episode, corrected: bool) -> Level | None:
        """What was said before; of a revised point that was not part of the warning it is not known here."""
        if kind is ChangeKind.RAISED:
            return None if corrected else episode.before
        return warning.level

    def _withdraw(self, warning: EarlyWarning) -> None:
        gone = replace(warning, state=EpisodeState.WITHDRAWN, cleared_at=None)
        noted = self._note(gone, ChangeKind.WITHDRAWN, warning.last, (warning.level, None), corrected=True)
        self.warnings[noted.id] = noted

    def _note(
        self,
        warning: EarlyWarning,
        kind: ChangeKind,
        period: Period,
        levels: tuple[Level | None, Level | None],
        *,
        corrected: bool,
    ) -> EarlyWarning:
        number = warning.changes + 1
        cause = self.cause if corrected else self.first
        change = Change(warning.id, number, self.key, kind, period, *levels, cause, corrected, self.now)
        self.changes.append(change)
        self.told[change.id] = replace(warning, changes=number)
        return self.told[change.id]

    def outcome(self, before: Sequence[EarlyWarning]) -> Outcome:
        """What to store and to tell."""
        was = {warning.id: warning for warning in before}
        moved = (warning for warning in self.warnings.values() if was.get(warning.id) != warning)
        return Outcome(tuple(moved), tuple(self.changes), self.told)
