"""Links and annotation switches that stand above the panels, where people see them."""

from grafana_foundation_sdk.builders.dashboard import AnnotationQuery, DashboardLink
from grafana_foundation_sdk.models import dashboard as model


class InPlaceLink(DashboardLink):
    """A link above the panels: the SDK would put every link into the menu of controls, out of sight."""

    def build(self) -> model.DashboardLink:
        """The link, without a placement of its own."""
        link = self.type(model.DashboardLinkType.LINK)._internal
        link.placement = None  # type: ignore[assignment]
        return link


class InPlaceAnnotation(AnnotationQuery):
    """An annotation whose switch stands beside the variables, for the same reason."""

    def build(self) -> model.AnnotationQuery:
        """The annotation, without a placement of its own."""
        query = self._internal
        query.placement = None  # type: ignore[assignment]
        return query
