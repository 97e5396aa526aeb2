package io.nsfl.coordinator.updates;

import io.nsfl.coordinator.round.WorkId;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;

/** Whose result it is and for which work: what an upload is resumed and repeated under. */
record UploadKey(WorkId work, String client, int maskingSession) {
    static UploadKey of(TaskRef task, int maskingSession) {
        return new UploadKey(WorkId.of(task), task.getClientId(), maskingSession);
    }

    /** Name of the stage file; the client's id was checked by the gate, a colon is the only character that needs care. */
    String fileName() {
        String session = maskingSession == 0 ? "" : "m" + maskingSession + "-";
        return prefix(work) + session + client.replace(':', '_');
    }

    /** What the stage files of a work begin with. */
    static String prefix(WorkId work) {
        String kind = work.kind() == TaskKind.TASK_KIND_TRAIN ? "train" : "evaluate";
        return "r" + work.round() + "-a" + work.attempt() + "-" + kind + "-";
    }
}
