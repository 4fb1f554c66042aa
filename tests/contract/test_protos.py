from pathlib import Path
from typing import Final

import pytest

from tests.support.proto_style import breaches, compile_protos

PROTO: Final = Path(__file__).resolve().parents[2] / "proto"
SOURCES: Final = sorted((PROTO / "quartet").rglob("*.proto"))

GOOD: Final = """\
syntax = "proto3";
package quartet.sample.v1;
// It samples.
service SampleService {
  // It takes one.
  rpc TakeSample(TakeSampleRequest) returns (TakeSampleResponse);
}
message TakeSampleRequest { optional string sample_id = 1; }
message TakeSampleResponse { map<string, Grade> grades = 1; }
// It is how good a sample is.
enum Grade { GRADE_UNSPECIFIED = 0; GRADE_FINE = 1; }
"""
BREACHES: Final = {
    "PACKAGE_VERSION_SUFFIX": ("quartet.sample.v1;", "quartet.sample;"),
    "PACKAGE_DIRECTORY_MATCH": ("quartet.sample.v1;", "quartet.other.v1;"),
    "SERVICE_SUFFIX": ("service SampleService", "service Samples"),
    "RPC_REQUEST_STANDARD_NAME": ("TakeSample(TakeSampleRequest)", "TakeSample(TakeSampleResponse)"),
    "RPC_RESPONSE_STANDARD_NAME": ("returns (TakeSampleResponse)", "returns (TakeSampleRequest)"),
    "RPC_PASCAL_CASE": ("rpc TakeSample(", "rpc take_sample("),
    "ENUM_VALUE_PREFIX": ("GRADE_FINE", "FINE"),
    "ENUM_ZERO_VALUE_SUFFIX": ("GRADE_UNSPECIFIED", "GRADE_NONE"),
    "FIELD_LOWER_SNAKE_CASE": ("sample_id", "sampleId"),
    "COMMENT:": ("// It is how good a sample is.\n", ""),
    "COMMENT_RPC": ("  // It takes one.\n", ""),
}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: str(source.relative_to(PROTO)))
def test_a_contract_keeps_the_style(source: Path, tmp_path: Path) -> None:
    (file,) = compile_protos(PROTO, [source], tmp_path / "descriptors")
    assert breaches(file) == []


def test_the_style_lets_a_good_contract_pass(tmp_path: Path) -> None:
    assert _breaches(tmp_path, GOOD) == []


@pytest.mark.parametrize("rule", BREACHES)
def test_the_style_finds_a_breach(rule: str, tmp_path: Path) -> None:
    right, wrong = BREACHES[rule]
    assert any(rule in breach for breach in _breaches(tmp_path, GOOD.replace(right, wrong)))


def test_every_contract_compiles_to_a_committed_module() -> None:
    missing = [
        source
        for source in SOURCES
        if not (PROTO / "gen" / source.relative_to(PROTO)).with_name(f"{source.stem}_pb2.py").exists()
    ]
    assert missing == [], "run `make proto`"


def _breaches(folder: Path, text: str) -> list[str]:
    source = folder / "quartet/sample/v1/sample_service.proto"
    source.parent.mkdir(parents=True)
    source.write_text(text)
    (file,) = compile_protos(folder, [source], folder / "descriptors")
    return breaches(file)
