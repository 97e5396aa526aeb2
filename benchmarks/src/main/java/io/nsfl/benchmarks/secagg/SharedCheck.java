package io.nsfl.benchmarks.secagg;

import io.nsfl.federation.secagg.SignatureCheck;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Verifies each signature once for all simulated clients, which all check the same ones: real clients do so on machines of their own. */
final class SharedCheck implements SignatureCheck {
    private final Map<ByteBuffer, Boolean> known = new ConcurrentHashMap<>();

    @Override
    public boolean verifies(byte[] identityKey, byte[] message, byte[] signature) {
        ByteBuffer all = ByteBuffer.allocate(identityKey.length + message.length + signature.length)
                .put(identityKey)
                .put(message)
                .put(signature)
                .flip();
        return known.computeIfAbsent(all, any -> ED25519.verifies(identityKey, message, signature));
    }
}
