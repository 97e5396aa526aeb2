package io.nsfl.protocol.masking;

import com.google.protobuf.ByteString;
import io.nsfl.protocol.v1.Artifact;
import io.nsfl.protocol.v1.ArtifactKind;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TensorRule;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names what the clients of a masking session do: their task but for what is each client's own (seed, token), and the session. It is bound
 * into their keys, so that clients that were told different things come to no sum.
 */
public final class PlanDigest {
    private final MessageDigest sha256;

    private PlanDigest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("This JDK lacks SHA-256", missing);
        }
    }

    /** 64 lower-case hex digits. */
    public static String of(TaskDescription task, int session) {
        PlanDigest digest = new PlanDigest();
        digest.text("nsfl/masking-plan/v1")
                .number(task.getTask().getKindValue())
                .number(session);
        digest.text(task.getRuntime()).text(task.getTaskEntry()).text(task.getConfigFile());
        digest.text(task.getParametersJson()).text(task.getPreparedParamsJson());
        digest.number(task.getDatasetsCount());
        task.getDatasetsList().forEach(digest::text);
        digest.text(task.getOptimizerName()).text(task.getOptimizerParamsJson());
        task.getArtifactsList().stream()
                .filter(PlanDigest::ofTheRun)
                .forEach(artifact -> digest.number(artifact.getKindValue()).bytes(artifact.getSha256()));
        digest.number(task.getTensorsCount());
        task.getTensorsList().forEach(digest::tensor);
        digest.bytes(task.getMasking().toByteString());
        if (task.hasPrivacy()) {
            // Clients that were told of different noise would share out too little.
            digest.bytes(task.getPrivacy().toByteString());
        }
        return HexFormat.of().formatHex(digest.sha256.digest());
    }

    private static boolean ofTheRun(Artifact artifact) {
        return artifact.getKind() == ArtifactKind.ARTIFACT_KIND_TEMPLATE
                || artifact.getKind() == ArtifactKind.ARTIFACT_KIND_SCRIPTS;
    }

    private void tensor(TensorRule rule) {
        text(rule.getName())
                .text(rule.getDtype())
                .number(rule.getTreatmentValue())
                .number(rule.getShapeCount());
        rule.getShapeList().forEach(this::number);
    }

    private PlanDigest text(String text) {
        return bytes(ByteString.copyFrom(text, StandardCharsets.UTF_8));
    }

    private PlanDigest number(long number) {
        sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
        return this;
    }

    private PlanDigest bytes(ByteString bytes) {
        number(bytes.size());
        sha256.update(bytes.asReadOnlyByteBuffer());
        return this;
    }
}
