package io.nsfl.taskmanager.fetch;

import java.util.Optional;
import java.util.Set;

/**
 * Whose scripts this client runs when they come from the server.
 *
 * @param namespaces accepted ones; absent = all
 * @param digests accepted archives as SHA-256 in lower case hex; empty = any of an accepted namespace
 */
public record ScriptPolicy(Optional<Set<String>> namespaces, Set<String> digests) {
    public static final ScriptPolicy ACCEPT_ALL = new ScriptPolicy(Optional.empty(), Set.of());

    public ScriptPolicy {
        namespaces = namespaces.map(Set::copyOf);
        digests = Set.copyOf(digests);
    }

    /** Why scripts with this digest are not run for this namespace; empty = they are. */
    public Optional<String> refuses(String namespace, String sha256) {
        if (namespaces.isPresent() && !namespaces.get().contains(namespace)) {
            return Optional.of(
                    "This client's script_policy does not accept scripts of the namespace " + namespace + ".");
        }
        if (!digests.isEmpty() && !digests.contains(sha256)) {
            return Optional.of(
                    "This client's script_policy does not accept the scripts with the SHA-256 " + sha256 + ".");
        }
        return Optional.empty();
    }

    /** As the server is told, so that it offers no work that would be refused. */
    public io.nsfl.protocol.v1.ScriptPolicy announced() {
        return io.nsfl.protocol.v1.ScriptPolicy.newBuilder()
                .setEveryNamespace(namespaces.isEmpty())
                .addAllNamespaces(namespaces.orElse(Set.of()))
                .addAllScriptsSha256(digests)
                .build();
    }

    /** One sentence for the log at the start. */
    public String describe() {
        if (namespaces.isEmpty() && digests.isEmpty()) {
            return "Scripts from the server are run for every namespace; script_policy can restrict that";
        }
        return "Scripts from the server are run for "
                + namespaces
                        .map(names -> names.isEmpty() ? "no namespace" : "the namespaces " + names)
                        .orElse("every namespace")
                + (digests.isEmpty() ? "" : ", and only those with one of " + digests.size() + " digests");
    }
}
