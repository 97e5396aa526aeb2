package io.nsfl.protocol.ids;

/** A job's identity: ids are unique within a namespace only. */
public record JobKey(String namespace, String id) {
    /** {@code <namespace>-<id>}: name of the coordinator's pod and service, and value of the request header {@code nsfl-job}. */
    public String serviceName() {
        return namespace + "-" + id;
    }

    @Override
    public String toString() {
        return namespace + "/" + id;
    }
}
