import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from kubernetes import client
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from services.chassis.errors import (
    InvalidRequest,
    PermissionDenied,
    QuartetError,
    ResourceNotFound,
    ServiceUnavailable,
)

TIMEOUT_SECONDS: Final = (3.0, 10.0)
THREADS: Final = 8
ERRORS: Final[Mapping[int, type[QuartetError]]] = {
    401: PermissionDenied,
    403: PermissionDenied,
    404: ResourceNotFound,
    409: InvalidRequest,
    422: InvalidRequest,
}
JSON_PATCH: Final = "application/json-patch+json"
R = TypeVar("R")


class KubernetesApi:
    """The few questions that are asked of Kubernetes, each in a thread: its client blocks.

    Raises PermissionDenied, ResourceNotFound, InvalidRequest for a conflict, ServiceUnavailable.
    """

    def __init__(self, api_client: client.ApiClient, namespace: str) -> None:
        self._namespace = namespace
        self._apps = client.AppsV1Api(api_client)
        self._core = client.CoreV1Api(api_client)
        self._authorization = client.AuthorizationV1Api(api_client)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="kubernetes")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def deployments(self, selector: str) -> Sequence[Any]:
        ask = self._apps.list_namespaced_deployment
        return await self._items(ask, label_selector=selector)

    async def replica_sets(self, selector: str) -> Sequence[Any]:
        return await self._items(self._apps.list_namespaced_replica_set, label_selector=selector)

    async def pods(self, selector: str) -> Sequence[Any]:
        return await self._items(self._core.list_namespaced_pod, label_selector=selector)

    async def events(self) -> Sequence[Any]:
        return await self._items(self._core.list_namespaced_event, limit=500)

    async def may(self, verb: str, group: str, resource: str, name: str = "") -> bool:
        """Whether this service may do it, as Kubernetes itself says."""
        attributes = client.V1ResourceAttributes(
            namespace=self._namespace, verb=verb, group=group, resource=resource, name=name
        )
        review = client.V1SelfSubjectAccessReview(
            spec=client.V1SelfSubjectAccessReviewSpec(resource_attributes=attributes)
        )
        answer = await self._ask(self._authorization.create_self_subject_access_review, review)
        return bool(answer.status and answer.status.allowed)

    async def patch(self, name: str, changes: Sequence[Mapping[str, Any]]) -> None:
        """Change a deployment by a JSON patch (RFC 6902)."""
        await self._ask(
            self._apps.patch_namespaced_deployment,
            name,
            self._namespace,
            list(changes),
            _content_type=JSON_PATCH,
        )

    def plain(self, thing: Any) -> Any:
        """What the client has made of an answer, as Kubernetes writes it."""
        return self._apps.api_client.sanitize_for_serialization(thing)

    async def _items(self, ask: Callable[..., Any], **options: Any) -> Sequence[Any]:
        return list((await self._ask(ask, self._namespace, **options)).items)

    async def _ask(self, ask: Callable[..., R], *arguments: Any, **options: Any) -> R:
        def call() -> R:
            return ask(*arguments, **options, _request_timeout=TIMEOUT_SECONDS)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, call)
        except ApiException as error:
            kind = ERRORS.get(error.status, ServiceUnavailable)
            raise kind(f"Kubernetes: {error.status} {error.reason}") from error
        except HTTPError as error:
            raise ServiceUnavailable(f"Kubernetes does not answer: {type(error).__name__}") from error
