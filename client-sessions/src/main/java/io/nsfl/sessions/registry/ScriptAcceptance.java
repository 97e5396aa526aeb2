package io.nsfl.sessions.registry;

import io.nsfl.protocol.v1.ScriptPolicy;
import java.util.Optional;
import java.util.Set;

/**
 * Whose scripts a client said it runs when they come from the server.
 *
 * @param namespaces accepted ones; absent = all
 * @param digests accepted archives as SHA-256 in lower case hex; empty = any
 */
public record ScriptAcceptance(Optional<Set<String>> namespaces, Set<String> digests) {
    /** Everybody's. */
    public static final ScriptAcceptance ALL = new ScriptAcceptance(Optional.empty(), Set.of());

    public ScriptAcceptance {
        namespaces = namespaces.map(Set::copyOf);
        digests = Set.copyOf(digests);
    }

    static ScriptAcceptance of(ScriptPolicy policy) {
        return new ScriptAcceptance(
                policy.getEveryNamespace() ? Optional.empty() : Optional.of(Set.copyOf(policy.getNamespacesList())),
                Set.copyOf(policy.getScriptsSha256List()));
    }

    /** Why not, in words that follow the client's name; empty = it runs them. @param sha256 empty = not known */
    public Optional<String> refuses(String namespace, String sha256) {
        if (namespaces.isPresent() && namespaces.get().isEmpty()) {
            return Optional.of("runs no scripts that come from the server (its script_policy)");
        }
        if (namespaces.isPresent() && !namespaces.get().contains(namespace)) {
            return Optional.of("does not run scripts of the namespace " + namespace + " (its script_policy)");
        }
        if (!digests.isEmpty() && !sha256.isEmpty() && !digests.contains(sha256)) {
            return Optional.of("does not run scripts with the SHA-256 " + sha256 + " (its script_policy)");
        }
        return Optional.empty();
    }
}
