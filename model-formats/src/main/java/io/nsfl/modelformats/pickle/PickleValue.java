package io.nsfl.modelformats.pickle;

import java.util.List;
import java.util.Map;

/** What a pickle can describe. Lists and dictionaries are filled while the pickle is read and may contain each other. */
public sealed interface PickleValue {
    /** A value without others in it. */
    sealed interface Plain extends PickleValue {}

    enum None implements Plain {
        NONE
    }

    record Bool(boolean value) implements Plain {}

    record Whole(long value) implements Plain {}

    record Floating(double value) implements Plain {}

    record Text(String value) implements Plain {}

    /** Bytes; what they are is not kept. */
    enum Bytes implements Plain {
        BYTES
    }

    record Tuple(List<PickleValue> items) implements PickleValue {}

    /** A list, or a set. */
    final class Sequence implements PickleValue {
        private final List<PickleValue> items;

        Sequence(List<PickleValue> items) {
            this.items = items;
        }

        public List<PickleValue> items() {
            return items;
        }
    }

    /** A dictionary in the order of its entries; keys that are not text, number or truth are refused. */
    final class Dictionary implements PickleValue {
        private final Map<PickleValue, PickleValue> entries;

        Dictionary(Map<PickleValue, PickleValue> entries) {
            this.entries = entries;
        }

        public Map<PickleValue, PickleValue> entries() {
            return entries;
        }
    }

    /** A class or function by name, from the caller's list. */
    record Global(String module, String name) implements Plain {
        public String qualified() {
            return module + "." + name;
        }
    }

    /** A call that was not made. */
    record Call(Global function, Tuple arguments) implements PickleValue {}

    /** A reference to something outside the pickle. */
    record Persistent(PickleValue id) implements Plain {}
}
