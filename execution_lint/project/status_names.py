"""By which names a class, field or variable says that it holds a status."""

import re

_KINDS = ("status", "state", "phase", "stage", "outcome")
_OWNERS = (
    "", "_", "job_", "task_", "run_", "execution_", "process_", "worker_", "build_", "step_", "order_", "payment_",
    "batch_", "request_", "current_", "sync_", "upload_", "download_", "processing_", "index_", "indexing_", "agent_",
    "session_", "workflow_", "pipeline_", "training_", "deployment_", "node_", "flow_", "import_", "export_", "scan_",
    "review_", "approval_", "delivery_", "message_", "item_", "model_", "account_", "connection_", "_current_",
)  # fmt: skip
FIELDS = frozenset(f"{owner}{kind}" for owner in _OWNERS for kind in _KINDS)
"""The names of fields that are looked for: a text is searched for whole words."""

ENDINGS = frozenset(f"{kind}{plural}" for kind in _KINDS for plural in ("", "s", "es"))
"""How the names end that say it, in small letters."""

_STATUS_NAME = re.compile(rf"(?:{'|'.join(_KINDS)})(?:es|s)?$", re.IGNORECASE)


def is_status_name(name: str) -> bool:
    """Whether a name of a class, field or variable says that it holds a status."""
    return bool(_STATUS_NAME.search(name))
