package io.nsfl.protocol.job;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The job's {@code compression}: how tensors are encoded on the wire.
 *
 * @param uplink encoding of updates
 * @param fraction of the elements that top-k sends, above 0 and at most 1 (0.01); of no meaning for the others
 * @param downlinkDelta the model goes to a client as the difference to the one that it holds, where that is smaller
 */
public record CompressionConfig(Uplink uplink, double fraction, boolean downlinkDelta) {
    private static final double DEFAULT_FRACTION = 0.01;

    /** How updates are encoded. */
    public enum Uplink {
        NONE,
        FP16,
        BF16,
        INT8,
        TOPK
    }

    static Optional<CompressionConfig> read(JsonFields job) {
        if (job.object("compression").isEmpty()) {
            return Optional.empty();
        }
        JsonFields fields = job.fields("compression");
        fields.warnOfMisspelt(Set.of("name", "params", "downlink"));
        Uplink uplink =
                switch (fields.filledString("name").orElse("none").strip().toLowerCase(Locale.ROOT)) {
                    case "none" -> Uplink.NONE;
                    case "fp16" -> Uplink.FP16;
                    case "bf16" -> Uplink.BF16;
                    case "int8" -> Uplink.INT8;
                    case "topk", "top_k", "top-k" -> Uplink.TOPK;
                    default -> {
                        fields.violation("name", "must be none, fp16, bf16, int8 or topk");
                        yield Uplink.NONE;
                    }
                };
        JsonFields params = fields.fields("params");
        params.warnOfMisspelt(Set.of("fraction"));
        double fraction = params.decimal("fraction", DEFAULT_FRACTION, false);
        if (fraction > 1) {
            params.violation("fraction", "must be at most 1");
        }
        if (params.has("fraction") && uplink != Uplink.TOPK) {
            params.warning("fraction", "has no effect: only topk has it");
        }
        boolean delta =
                switch (fields.filledString("downlink").orElse("full").strip().toLowerCase(Locale.ROOT)) {
                    case "full" -> false;
                    case "delta" -> true;
                    default -> {
                        fields.violation("downlink", "must be full or delta");
                        yield false;
                    }
                };
        return Optional.of(new CompressionConfig(uplink, fraction, delta));
    }
}
