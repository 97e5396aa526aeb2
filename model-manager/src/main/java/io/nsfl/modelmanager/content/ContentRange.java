package io.nsfl.modelmanager.content;

import io.nsfl.modelmanager.upload.Part;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The headers of a request that sends bytes. */
final class ContentRange {
    private static final Pattern RANGE = Pattern.compile("bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15})");
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    private ContentRange() {}

    /**
     * @param range the header {@code Content-Range}, or null = the whole file
     * @param length the header {@code Content-Length}, or negative = not told
     * @param checksum the header {@code X-Checksum-Sha256}, or null
     * @throws FaultException MODEL_REQUEST_INVALID, or MODEL_CONTENT_CONFLICT if they do not go together
     */
    static Part part(String range, long length, String checksum) {
        Optional<String> sha256 =
                Optional.ofNullable(checksum).map(text -> text.strip().toLowerCase(Locale.ROOT));
        if (sha256.filter(text -> !SHA_256.matcher(text).matches()).isPresent()) {
            throw invalid("The header X-Checksum-Sha256 takes 64 hex digits.");
        }
        if (range == null) {
            return Part.whole(length < 0 ? OptionalLong.empty() : OptionalLong.of(length), sha256);
        }
        Matcher numbers = RANGE.matcher(range.strip());
        if (!numbers.matches()) {
            throw invalid("The header Content-Range takes \"bytes FIRST-LAST/TOTAL\".");
        }
        long first = Long.parseLong(numbers.group(1));
        long last = Long.parseLong(numbers.group(2));
        long total = Long.parseLong(numbers.group(3));
        if (first > last || last >= total) {
            throw conflict("The header Content-Range names bytes that such a file does not have.");
        }
        long count = last - first + 1;
        if (length >= 0 && length != count) {
            throw conflict("The body has %d bytes where Content-Range names %d.".formatted(length, count));
        }
        return new Part(first, OptionalLong.of(count), OptionalLong.of(total), sha256);
    }

    /** Well formed, but at odds with itself or with the body. */
    private static FaultException conflict(String sentence) {
        return new FaultException(Fault.MODEL_CONTENT_CONFLICT, sentence);
    }

    private static FaultException invalid(String sentence) {
        return new FaultException(Fault.MODEL_REQUEST_INVALID, sentence);
    }
}
