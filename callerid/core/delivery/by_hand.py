"""What a person may want of a delivery that is on its way, refused or done: that it goes on, or that it does not."""

from __future__ import annotations

from dataclasses import replace

from callerid.core.delivery.outbox_row import WITHDRAWN, Delivery, DeliveryState, Wish


def given_up(delivery: Delivery) -> Delivery:
    """Given a row that a person wants withdrawn, return it: dropped if it is surely not in the CRM, else to be taken out of it."""
    wished = replace(delivery, wish=Wish.WITHDRAW, revision=delivery.revision + 1, not_before=None, fault=WITHDRAWN)
    if delivery.state is DeliveryState.UNSURE:
        return replace(wished, not_before=delivery.not_before)
    if delivery.remote_id:
        return replace(wished, state=DeliveryState.WAITING)
    return replace(wished, state=DeliveryState.DROPPED)


def left_as_it_is(delivery: Delivery) -> Delivery:
    """Given a row that is in the CRM, of which a person gives a change up, return it as the CRM has it; to be changed back, if any
    of the change may have arrived, and to be brought back, if we may have taken it out."""
    state = DeliveryState.WAITING if _may_differ(delivery) else DeliveryState.DELIVERED
    kept = replace(delivery, content=delivery.posted or delivery.content, wish=Wish.KEEP, state=state, not_before=None, fault="")
    return replace(kept, revision=delivery.revision + 1, troubles=0)


def _may_differ(delivery: Delivery) -> bool:
    """May the CRM have another thing than what surely was there last? Whoever gives up that it is changed back leaves it so."""
    back_was_refused = delivery.state is DeliveryState.DEAD and delivery.content == delivery.posted
    return delivery.leaving or bool(delivery.posted and delivery.tried and not back_was_refused)


def is_changed_back(given_up: Delivery) -> bool:
    """Given a row that was given up, may a part of its change have arrived, and is that undone?"""
    return given_up.state is DeliveryState.WAITING and given_up.wish is Wish.KEEP


def not_wanted(delivery: Delivery) -> Delivery:
    """Given a row that a person gives up, return it without what was still to be delivered: a change of what the CRM has is left,
    and all else is withdrawn."""
    is_change = delivery.remote_id and (delivery.state is DeliveryState.DEAD or delivery.wish is Wish.KEEP)
    return left_as_it_is(delivery) if is_change else given_up(delivery)


def tried_again(delivery: Delivery) -> Delivery:
    """Given a row that a person wants tried now, return it so. What is unsure stays so: it is looked for first."""
    unsure = delivery.state is DeliveryState.UNSURE
    state = DeliveryState.UNSURE if unsure else DeliveryState.WAITING
    return replace(delivery, state=state, troubles=0, lost=0, not_before=None, fault="")
