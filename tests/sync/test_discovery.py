"""A hub is found on the network without anybody typing, and is gone when it says good-bye."""

from __future__ import annotations

import threading

from zeroconf import ServiceStateChange

from trainer_app.records.ids import new_id
from trainer_app.sync.discovery import SERVICE, Announcement, Browser, Nearby, local_addresses, look_around

HERE = ["127.0.0.1"]


def test_a_hub_is_found_and_lost() -> None:
    replica = new_id()
    there, gone = threading.Event(), threading.Event()

    def mine() -> list[Nearby]:
        return [hub for hub in browser.found if hub.replica == replica]

    def changed() -> None:
        (there if mine() else gone).set()

    browser = Browser(changed, HERE)
    announcement = Announcement(replica, "Laptop Hendra CONTOH", 4711, HERE)
    try:
        assert there.wait(20)
        assert mine() == [Nearby(replica, "Laptop Hendra CONTOH", "127.0.0.1:4711")]
        gone.clear()
    finally:
        announcement.close()
    assert gone.wait(20)
    browser.close()


def test_looking_around_ends_once_something_is_found() -> None:
    replica = new_id()
    announcement = Announcement(replica, "Laptop Hendra CONTOH", 4711, HERE)
    try:
        found = look_around(20, HERE, lambda hubs: any(hub.replica == replica for hub in hubs))
    finally:
        announcement.close()
    assert replica in [hub.replica for hub in found]


def test_looking_around_where_nobody_is_gives_nothing() -> None:
    assert [hub for hub in look_around(0.2, HERE) if hub.name == "nobody"] == []


def test_who_is_heard_of_while_it_closes_is_not_asked_any_more() -> None:
    told: list[bool] = []
    browser = Browser(lambda: told.append(True), HERE)
    browser.close()
    browser._heard(browser._open, SERVICE, f"{new_id().hex()}.{SERVICE}", ServiceStateChange.Added)
    assert (browser.found, told) == ([], [])


def test_addresses_are_those_of_networks() -> None:
    assert all(not address.startswith("127.") for address in local_addresses())
