package io.nsfl.servicekit.access;

import io.nsfl.protocol.fault.FaultException;
import java.util.Optional;

/** Somebody whose identity is proven. */
public interface Caller {
    /** For the audit log; never a credential. */
    String name();

    /**
     * The role in this namespace; empty = none. May ask the storage.
     *
     * @throws FaultException if that cannot be told now, or for a better reason than "no role"
     */
    Optional<Role> roleIn(String namespace);

    /** The role on the platform as a whole, outside any namespace. */
    Optional<Role> roleEverywhere();

    /** Somebody who may do everything: another service of the platform, or anybody where access is not controlled. */
    static Caller trusted(String name) {
        return new Trusted(name);
    }

    /** @param name for the audit log */
    record Trusted(String name) implements Caller {
        @Override
        public Optional<Role> roleIn(String namespace) {
            return Optional.of(Role.ADMIN);
        }

        @Override
        public Optional<Role> roleEverywhere() {
            return Optional.of(Role.ADMIN);
        }
    }
}
