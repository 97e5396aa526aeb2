package io.nsfl.modelmanager.content;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which bytes of a file are asked for.
 *
 * @param first offset
 * @param length how many
 */
record ByteRange(long first, long length) {
    private static final Pattern SINGLE = Pattern.compile("bytes=([0-9]{0,15})-([0-9]{0,15})");

    /** The header {@code Range}; empty = it is none of one range and the whole file is meant. A length of 0 = the file has no such bytes. */
    static Optional<ByteRange> of(String header, long size) {
        if (header == null) {
            return Optional.empty();
        }
        Matcher numbers = SINGLE.matcher(header.strip());
        if (!numbers.matches()
                || (numbers.group(1).isEmpty() && numbers.group(2).isEmpty())) {
            return Optional.empty();
        }
        if (numbers.group(1).isEmpty()) {
            long count = Math.min(size, Long.parseLong(numbers.group(2)));
            return Optional.of(new ByteRange(size - count, count));
        }
        long first = Long.parseLong(numbers.group(1));
        long last = numbers.group(2).isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(numbers.group(2)));
        if (!numbers.group(2).isEmpty() && Long.parseLong(numbers.group(2)) < first) {
            return Optional.empty();
        }
        return Optional.of(new ByteRange(first, Math.max(0, last - first + 1)));
    }
}
