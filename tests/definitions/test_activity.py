"""Names that say that somebody was there, and names that say that something was done."""

import pytest

from saasmetrics.definitions.activity import is_activity


@pytest.mark.parametrize(
    "event",
    ["login", "Login", "user_logged_in", "Signed In", "signin", "SignIn", "logout", "User Login", "page_view",
     "Page Viewed", "$pageview",
     "PageView", "screen_view", "Viewed Pricing Page", "dashboard_viewed", "heartbeat", "ping", "session",
     "session_start",
     "Session Started", "app_opened", "Application Opened", "button_clicked", "invoice_post_clicked", "click",
     "$rageclick",
     "any", "*", "any event", "active", "keep_alive", "login_succeeded"],
)  # fmt: skip
def test_activity_is_seen(event: str) -> None:
    assert is_activity(event)


@pytest.mark.parametrize(
    "event",
    ["invoice_posted", "training_session_completed", "session_recorded", "contract_signed", "signed_in_full",
     "page_published",
     "landing_page_created", "report_generated", "login_policy_set", "shipment_completed", "opened_ticket",
     "viewer_invited",
     "click_and_collect_order_completed", "ping_test_passed", "activated", "user_invited", "screening_passed",
     "visit_booked"],
)  # fmt: skip
def test_work_is_not_taken_for_activity(event: str) -> None:
    assert not is_activity(event)
