from services.sandbox.vendor.faults import Fault, FaultKind, Faults


def test_a_fault_of_one_model_waits_for_it() -> None:
    faults = Faults()
    faults.order(Fault(FaultKind.HANG, model="draws"))
    faults.order(Fault(FaultKind.SLOW))
    taken = [faults.take("", model) for model in ("talks", "talks", "draws", "draws")]
    assert [fault and fault.kind for fault in taken] == [FaultKind.SLOW, None, FaultKind.HANG, None]
