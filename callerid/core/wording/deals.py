"""Open deals in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.wording import times

if TYPE_CHECKING:
    from callerid.core.callers.candidate import OpenDeal
    from callerid.core.wording.style import TextStyle

_WITH_ONE_MORE = 2


def deals_line(deals: tuple[OpenDeal, ...], style: TextStyle) -> str:
    """Return `Renewal 2027 · €12,000 · Contract sent · closes 30 Nov  (+1 deal)` for open deals, the most urgent first; "" for
    none."""
    if not deals:
        return ""
    line = deal_line(deals[0], style)
    if len(deals) == 1:
        return line
    more = "ring.more_deals" if len(deals) == _WITH_ONE_MORE else "ring.more_deals_plural"
    return f"{line}  {style.texts.say(more, count=len(deals) - 1)}"


def deal_line(deal: OpenDeal, style: TextStyle) -> str:
    """Return a deal's name, amount, stage and closing date, as far as they are known."""
    parts = [deal.name or style.texts.say("name.none")]
    if deal.amount is not None:
        parts.append(times.amount(deal.amount, deal.currency))
    if deal.stage_label:
        parts.append(deal.stage_label)
    if deal.closes:
        parts.append(style.texts.say("ring.closes", date=times.day(deal.closes, style.now.date(), style.texts)))
    return " · ".join(parts)
