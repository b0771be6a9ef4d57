"""What programs get: a CloudEvents 1.0 envelope with the `timestamp` of Standard Webhooks, one JSON object."""

import json

from monitor.domain.notification import Notification


def envelope(notification: Notification) -> dict[str, object]:
    """The JSON object for *notification*; the same for each attempt, so that a receiver may compare."""
    fields = json.loads(notification.message.fields or "{}")
    moment = notification.created_at.isoformat()
    return {
        "specversion": "1.0",
        "id": str(notification.id),
        "source": "news-monitor",
        "type": fields.get("type", "monitor.notice"),
        "time": moment,
        "timestamp": moment,
        "datacontenttype": "application/json",
        "subject": notification.message.subject,
        "data": {
            **fields.get("data", {}),
            "severity": str(notification.severity),
            "text": notification.message.plain,
        },
    }
