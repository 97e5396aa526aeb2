package io.nsfl.servicekit.access;

import java.util.Locale;
import java.util.Optional;

/** What somebody may do in a namespace; each includes those before it. */
public enum Role {
    /** Reads. */
    VIEWER,
    /** Changes: creates, updates, starts, stops; deletes jobs. */
    USER,
    /** Everything, deleting models included. */
    ADMIN;

    public boolean includes(Role needed) {
        return compareTo(needed) >= 0;
    }

    /** As tokens spell it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role of this word, if it is one. */
    static Optional<Role> of(String word) {
        for (Role role : values()) {
            if (role.word().equals(word)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }
}
