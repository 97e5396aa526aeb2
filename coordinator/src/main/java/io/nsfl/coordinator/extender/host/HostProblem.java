package io.nsfl.coordinator.extender.host;

/** What is wrong, in words for the one who wrote the extender. */
final class HostProblem extends RuntimeException {
    HostProblem(String message) {
        super(message);
    }
}
