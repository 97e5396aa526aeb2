package io.nsfl.modelformats.pickle;

import java.util.List;
import java.util.Map;

/** What a pickle can describe. Lists and dictionaries are filled while the pickle is read and may contain each other. */
public sealed interface PickleValue {
    enum None implements PickleValue {
        NONE
    }

    record Bool(boolean value) implements PickleValue {}

    record Whole(long value) implements PickleValue {}

    record Floating(double value) implements PickleValue {}

    record Text(String value) implements PickleValue {}

    /** Bytes; what they are is not kept. */
    enum Bytes implements PickleValue {
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
    record Global(String module, String name) implements PickleValue {
        public String qualified() {
            return module + "." + name;
        }
    }

    /** A call that was not made. */
    record Call(Global function, Tuple arguments) implements PickleValue {}

    /** A reference to something outside the pickle. */
    record Persistent(PickleValue id) implements PickleValue {}
}
