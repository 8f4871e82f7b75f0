"""Indexes with which lists and start pages answer from a million applications; measured in docs/speed.md."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Counts under a filter and "the oldest" of a bureau read the index alone.
OLD = ["bureau_id", "stage", "id", "form_version", "origin", "conclusion"]
NEW = [*OLD, "campaign_id", "school_id", "point_id", "submitted_at", "stage_at"]
# Submissions by day are counted range by range; long lists are walked in the order of their keys.
SUBMISSIONS = ["campaign_id", "bureau_id", "submitted_at", "form_version", "origin"]
WALK = ["id", "bureau_id", "stage", "form_version", "origin"]


def upgrade() -> None:
    op.drop_index("ix_applications_bureau_id_stage", "applications")
    op.create_index("ix_applications_bureau_id_stage", "applications", NEW)
    op.create_index("ix_applications_submissions", "applications", SUBMISSIONS)
    op.create_index("ix_applications_walk", "applications", WALK)


def downgrade() -> None:
    op.drop_index("ix_applications_walk", "applications")
    op.drop_index("ix_applications_submissions", "applications")
    op.drop_index("ix_applications_bureau_id_stage", "applications")
    op.create_index("ix_applications_bureau_id_stage", "applications", OLD)
