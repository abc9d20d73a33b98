"""Where panels get their data: the provisioned data sources and the targets that ask them.

The Grafana SDK has no target for SQL data sources, so there is a small one here.
"""

from dataclasses import dataclass
from typing import Literal

from grafana_foundation_sdk.builders.prometheus import Dataquery as PrometheusQuery
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.common import DataSourceRef

from planwatch.dashboards.queries import panel_queries

DATABASE = DataSourceRef(type_val="grafana-postgresql-datasource", uid="planwatch-db")
PROMETHEUS = DataSourceRef(type_val="prometheus", uid="planwatch-prometheus")
_REF_IDS = "ABCDEFGH"


@dataclass(frozen=True)
class SqlQuery(Dataquery):
    """What the PostgreSQL data source is asked; ``table`` leaves the columns as they are."""

    raw_sql: str
    ref_id: str = "A"
    layout: Literal["table", "time_series"] = "table"

    def to_json(self) -> dict[str, object]:
        """The target as Grafana stores it."""
        return {
            "datasource": DATABASE,
            "editorMode": "code",
            "format": self.layout,
            "rawQuery": True,
            "rawSql": self.raw_sql,
            "refId": self.ref_id,
        }


@dataclass(frozen=True)
class Sql(Builder[SqlQuery]):
    """Builds the target of one named query of ``panels.sql``."""

    name: str
    ref_id: str = "A"

    def build(self) -> SqlQuery:
        """The target; KeyError where no such query is named."""
        return SqlQuery(panel_queries()[self.name], self.ref_id)


def promql(*asked: tuple[str, str]) -> list[Builder[Dataquery]]:
    """Range targets from (expression, legend) pairs."""
    return [
        PrometheusQuery().datasource(PROMETHEUS).expr(expression).legend_format(legend).ref_id(ref_id).range()
        for ref_id, (expression, legend) in zip(_REF_IDS, asked, strict=False)
    ]


def promql_now(expression: str, legend: str) -> list[Builder[Dataquery]]:
    """One target that asks for the value of this moment."""
    return [PrometheusQuery().datasource(PROMETHEUS).expr(expression).legend_format(legend).ref_id("A").instant()]
