package io.nsfl.coordinator.updates;

import io.nsfl.federation.codec.UpdateCodec;
import io.nsfl.protocol.job.CompressionConfig;
import io.nsfl.protocol.job.ExtenderConfig;
import io.nsfl.protocol.job.JobMethod;
import io.nsfl.protocol.v1.UpdateEncoding;
import java.util.Optional;

/**
 * How the updates of a run arrive.
 *
 * @param codec what they are encoded with
 * @param resultFilesLimit bytes that may follow an update as what a script left for the extender; 0 = none may
 */
public record UpdateFormat(UpdateCodec codec, long resultFilesLimit) {
    /** Updates as they are. */
    public static final UpdateFormat PLAIN = new UpdateFormat(UpdateCodec.NONE, 0);

    private static final long MOST_RESULT_FILES = 80L << 20;

    public static UpdateFormat of(JobMethod method) {
        UpdateCodec codec = method.compression().map(UpdateFormat::codec).orElse(UpdateCodec.NONE);
        return new UpdateFormat(codec, resultFilesWanted(method) ? MOST_RESULT_FILES : 0);
    }

    /** Whether what scripts leave with put_file and put_parameter is delivered: only a function that gets it is a reason to. */
    public static boolean resultFilesWanted(JobMethod method) {
        return method.extender().flatMap(ExtenderConfig::aggregate).isPresent()
                && method.privacy().isEmpty()
                && method.secureAggregation().isEmpty();
    }

    /** The same for clients; empty = updates as they are. */
    public static Optional<UpdateEncoding> encoding(JobMethod method) {
        return method.compression()
                .filter(compression -> compression.uplink() != CompressionConfig.Uplink.NONE)
                .map(UpdateFormat::encoding);
    }

    private static UpdateCodec codec(CompressionConfig compression) {
        return switch (compression.uplink()) {
            case NONE -> UpdateCodec.NONE;
            case FP16 -> UpdateCodec.fp16();
            case BF16 -> UpdateCodec.bf16();
            case INT8 -> UpdateCodec.int8();
            case TOPK -> UpdateCodec.topK(compression.fraction());
        };
    }

    private static UpdateEncoding encoding(CompressionConfig compression) {
        UpdateEncoding.Builder encoding = UpdateEncoding.newBuilder();
        return switch (compression.uplink()) {
            case NONE -> encoding.build();
            case FP16 -> encoding.setKind(UpdateEncoding.Kind.FP16).build();
            case BF16 -> encoding.setKind(UpdateEncoding.Kind.BF16).build();
            case INT8 -> encoding.setKind(UpdateEncoding.Kind.INT8).build();
            case TOPK ->
                encoding.setKind(UpdateEncoding.Kind.TOPK)
                        .setFraction(compression.fraction())
                        .build();
        };
    }
}
