package io.nsfl.modelmanager.model;

import java.util.Locale;

/** Where a version stands. */
public enum ModelState {
    /** Its file has not wholly arrived. */
    UNREADY,
    /** Its file is there; it does not change any more. */
    READY,
    /** Its file did not arrive; a later success of its upload still makes it ready. */
    ERROR,
    /** A user deleted it; file and entry go. */
    DELETING;

    /** As it is spelt in answers and in the store. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static ModelState ofWord(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
