package io.nsfl.servicekit.access;

import io.nsfl.protocol.fault.FaultException;
import java.util.Optional;

/** One way to prove an identity. */
public interface Login {
    /**
     * Who calls.
     *
     * @param authorization the header {@code Authorization}, if there was one
     * @param address the peer's, to bound failing attempts by
     * @throws FaultException UNAUTHENTICATED without a valid proof, ATTEMPTS_EXCEEDED after too many wrong ones, STORAGE_UNAVAILABLE or
     *     UNAVAILABLE if whoever knows does not answer
     */
    Caller authenticate(Optional<String> authorization, String address);

    /** The header {@code WWW-Authenticate} of a refusal. */
    String challenge();

    /** As the audit log names it. */
    String word();

    /** Everybody is let in, by no name. */
    static Login open() {
        return new Open();
    }

    /** Access is not controlled. */
    record Open() implements Login {
        private static final Caller ANYBODY = Caller.trusted("anybody");

        @Override
        public Caller authenticate(Optional<String> authorization, String address) {
            return ANYBODY;
        }

        /** For the internal paths, which nobody else may reach here either. */
        @Override
        public String challenge() {
            return "Internal realm=\"nsfl\"";
        }

        @Override
        public String word() {
            return "off";
        }
    }
}
