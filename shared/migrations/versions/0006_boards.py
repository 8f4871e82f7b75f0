"""Indexes for the start pages: who has got how far in a campaign, and what a higher level sent back; decision 0018."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Everything that the chart of progress groups and SCOPE asks for: no row of the table is read.
PROGRESS = ["campaign_id", "bureau_id", "school_id", "stage", "form_version", "origin"]
SENT_BACK = sa.text("move IN ('send_back_review', 'send_back_final')")


def upgrade() -> None:
    op.create_index("ix_applications_progress", "applications", PROGRESS)
    op.create_index("ix_events_sent_back", "events", ["id"], sqlite_where=SENT_BACK, postgresql_where=SENT_BACK)


def downgrade() -> None:
    op.drop_index("ix_events_sent_back", "events")
    op.drop_index("ix_applications_progress", "applications")
