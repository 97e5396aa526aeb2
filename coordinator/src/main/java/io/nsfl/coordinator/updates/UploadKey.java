package io.nsfl.coordinator.updates;

import io.nsfl.coordinator.round.WorkId;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;

/** Whose result it is and for which work: what an upload is resumed and repeated under. */
record UploadKey(WorkId work, String client, int maskingSession) {
    static UploadKey of(TaskRef task, int maskingSession) {
        return new UploadKey(WorkId.of(task), task.getClientId(), maskingSession);
    }

    /** Name of the stage file, each client's its own: a colon is the only character of an id that needs care, and no id has a plus. */
    String fileName() {
        String session = maskingSession == 0 ? "" : "m" + maskingSession + "-";
        return prefix(work) + session + client.replace(':', '+');
    }

    /** What the stage files of a work begin with. */
    static String prefix(WorkId work) {
        String kind = work.kind() == TaskKind.TASK_KIND_TRAIN ? "train" : "evaluate";
        return "r" + work.round() + "-a" + work.attempt() + "-" + kind + "-";
    }
}
