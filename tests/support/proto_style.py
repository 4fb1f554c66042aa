import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    ServiceDescriptorProto,
)

LOWER_SNAKE: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
UPPER_SNAKE: Final = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
PASCAL: Final = re.compile(r"[A-Z][a-zA-Z0-9]*")
VERSIONED_PACKAGE: Final = re.compile(r"quartet(\.[a-z][a-z0-9_]*)+\.v[1-9][0-9]*")
# Numbers of the fields that a comment's path goes through; they are fixed in descriptor.proto.
IN_FILE: Final = {
    kind: FileDescriptorProto.DESCRIPTOR.fields_by_name[kind].number
    for kind in ("message_type", "enum_type", "service")
}
METHOD: Final = ServiceDescriptorProto.DESCRIPTOR.fields_by_name["method"].number


def compile_protos(root: Path, sources: Sequence[Path], into: Path) -> list[FileDescriptorProto]:
    """Compile the sources under `root` and return their descriptors, comments included."""
    includes = ["-I", str(root), "-I", sysconfig.get_path("purelib")]
    command = [sys.executable, "-m", "grpc_tools.protoc", *includes, "--include_source_info"]
    subprocess.run(
        [*command, f"--descriptor_set_out={into}", *map(str, sources)],
        check=True,
        capture_output=True,
        text=True,
    )
    return list(FileDescriptorSet.FromString(into.read_bytes()).file)


def breaches(file: FileDescriptorProto) -> list[str]:
    """Return what breaks the style, under the names that Buf gives its rules.

    https://buf.build/docs/lint/rules/#standard
    """
    found = [*_file(file), *_comments(file)]
    for message in file.message_type:
        found += _message(message)
    for enum in file.enum_type:
        found += _enum(enum)
    for service in file.service:
        found += _service(service, file.package)
    return [f"{file.name}: {breach}" for breach in found]


def _file(file: FileDescriptorProto) -> Iterator[str]:
    path = Path(file.name)
    if file.syntax != "proto3":
        yield 'SYNTAX_SPECIFIED: say syntax = "proto3"'
    if not VERSIONED_PACKAGE.fullmatch(file.package):
        yield f"PACKAGE_VERSION_SUFFIX: {file.package!r} is not quartet.<area>.v<number>"
    if str(path.parent) != file.package.replace(".", "/"):
        yield f"PACKAGE_DIRECTORY_MATCH: {file.package} belongs into {file.package.replace('.', '/')}"
    if not LOWER_SNAKE.fullmatch(path.stem):
        yield f"FILE_LOWER_SNAKE_CASE: {path.name}"
    if file.service and not path.stem.endswith("_service"):
        # Ours, not Buf's: stubs of services are made from *_service.proto only.
        yield f"SERVICE_FILE: {file.service[0].name} belongs into a *_service.proto"
    if file.public_dependency or file.weak_dependency:
        yield "IMPORT_NO_PUBLIC, IMPORT_NO_WEAK"


def _message(message: DescriptorProto) -> Iterator[str]:
    if not PASCAL.fullmatch(message.name):
        yield f"MESSAGE_PASCAL_CASE: {message.name}"
    for field in message.field:
        if not LOWER_SNAKE.fullmatch(field.name):
            yield f"FIELD_LOWER_SNAKE_CASE: {message.name}.{field.name}"
        if field.label == FieldDescriptorProto.LABEL_REQUIRED:
            yield f"FIELD_NOT_REQUIRED: {message.name}.{field.name}"
    for oneof in message.oneof_decl:
        # `optional` makes a oneof of its own, whose name begins with an underscore.
        if not LOWER_SNAKE.fullmatch(oneof.name.removeprefix("_")):
            yield f"ONEOF_LOWER_SNAKE_CASE: {message.name}.{oneof.name}"
    for nested in message.nested_type:
        if not nested.options.map_entry:
            yield from _message(nested)
    for enum in message.enum_type:
        yield from _enum(enum)


def _enum(enum: EnumDescriptorProto) -> Iterator[str]:
    prefix = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", enum.name).upper() + "_"
    if not PASCAL.fullmatch(enum.name):
        yield f"ENUM_PASCAL_CASE: {enum.name}"
    if enum.options.allow_alias:
        yield f"ENUM_NO_ALLOW_ALIAS: {enum.name}"
    if enum.value[0].name != f"{prefix}UNSPECIFIED":
        yield f"ENUM_ZERO_VALUE_SUFFIX: {enum.value[0].name} is not {prefix}UNSPECIFIED"
    for value in enum.value:
        if not UPPER_SNAKE.fullmatch(value.name):
            yield f"ENUM_VALUE_UPPER_SNAKE_CASE: {value.name}"
        if not value.name.startswith(prefix):
            yield f"ENUM_VALUE_PREFIX: {value.name} does not begin with {prefix}"


def _service(service: ServiceDescriptorProto, package: str) -> Iterator[str]:
    if not PASCAL.fullmatch(service.name) or not service.name.endswith("Service"):
        yield f"SERVICE_SUFFIX: {service.name} is not <Something>Service"
    for method in service.method:
        if not PASCAL.fullmatch(method.name):
            yield f"RPC_PASCAL_CASE: {method.name}"
        # A request and a response per RPC, named after it: so each can grow on its own.
        if method.input_type != f".{package}.{method.name}Request":
            yield f"RPC_REQUEST_STANDARD_NAME: {method.name} takes {method.input_type}"
        if method.output_type != f".{package}.{method.name}Response":
            yield f"RPC_RESPONSE_STANDARD_NAME: {method.name} returns {method.output_type}"


def _comments(file: FileDescriptorProto) -> Iterator[str]:
    """Services, RPCs, enums and messages say what they are; an RPC's own request and response need not."""
    commented = {tuple(at.path) for at in file.source_code_info.location if at.leading_comments.strip()}
    rpcs = {method.name for service in file.service for method in service.method}
    explained_by_rpc = {rpc + suffix for rpc in rpcs for suffix in ("Request", "Response")}
    for kind, field_number in IN_FILE.items():
        for index, item in enumerate(getattr(file, kind)):
            if (field_number, index) not in commented and item.name not in explained_by_rpc:
                yield f"COMMENT: {item.name} has none"
    for index, service in enumerate(file.service):
        for place, method in enumerate(service.method):
            if (IN_FILE["service"], index, METHOD, place) not in commented:
                yield f"COMMENT_RPC: {service.name}.{method.name} has none"
