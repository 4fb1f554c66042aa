from services.sandbox.vendor.faults import Fault, FaultKind, Faults


def test_a_fault_of_one_model_waits_for_it() -> None:
    faults = Faults()
    faults.order(Fault(FaultKind.HANG, model="draws"))
    faults.order(Fault(FaultKind.SLOW))
    taken = [faults.take("", model) for model in ("talks", "talks", "draws", "draws")]
    assert [fault and fault.kind for fault in taken] == [FaultKind.SLOW, None, FaultKind.HANG, None]


def test_what_asks_of_tasks_takes_no_fault_that_is_meant_for_an_order() -> None:
    faults = Faults()
    faults.order(Fault(FaultKind.CUT_MID_STREAM))
    faults.order(Fault(FaultKind.OVERLOADED, model="tasks"))
    taken = [faults.take_only("tasks"), faults.take_only("tasks"), faults.take("", "films")]
    assert [fault and fault.kind for fault in taken] == [FaultKind.OVERLOADED, None, FaultKind.CUT_MID_STREAM]
