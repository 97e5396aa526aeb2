package io.nsfl.protocol.job;

import io.nsfl.protocol.ids.JobKey;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a job, and with its namespace its coordinator's pod and service, may be called. */
final class JobNames {
    private static final Pattern ID = Pattern.compile("[a-z0-9]([-a-z0-9]{0,98}[a-z0-9])?");
    private static final Pattern LABEL = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");
    private static final int MAX_LABEL = 63;

    private JobNames() {}

    static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    /** Why Kubernetes would refuse a service of this name, if it would. */
    static Optional<String> refusedByKubernetes(JobKey key) {
        String name = key.serviceName();
        if (name.length() > MAX_LABEL) {
            return Optional.of("is too long: " + name + " (namespace, dash, id) has " + name.length()
                    + " characters, and a service in Kubernetes has at most " + MAX_LABEL);
        }
        if (!LABEL.matcher(name).matches()) {
            return Optional.of(
                    "makes the service name " + name
                            + ", which Kubernetes refuses: it begins with a small letter and holds small letters, digits and dashes");
        }
        return Optional.empty();
    }
}
