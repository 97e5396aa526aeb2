package io.nsfl.protocol.fault;

/**
 * One fault of a request or a configuration.
 *
 * @param path where it is, as a JSON path such as {@code $.hyper_parameters.client_num}
 * @param given what was given, shortened; "nothing" when it is absent
 * @param message one sentence: what is allowed
 */
public record Violation(String path, String given, String message) {
    @Override
    public String toString() {
        return path + ": " + message.replaceFirst("\\.$", "") + " (given: " + given + ")";
    }
}
