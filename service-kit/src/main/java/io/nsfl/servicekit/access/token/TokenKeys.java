package io.nsfl.servicekit.access.token;

import com.nimbusds.jose.jwk.JWK;
import io.nsfl.protocol.fault.FaultException;
import java.util.List;

/** Where the keys of token signers come from. */
public interface TokenKeys {
    /**
     * The keys a token may be signed with; those of the given id, or all where either side has no id.
     *
     * @param keyId from the token, not to be trusted; null = it names none
     * @throws FaultException UNAVAILABLE if they cannot be had now
     */
    List<JWK> find(String keyId);

    /** Of these keys the ones that fit the id. */
    static List<JWK> fitting(List<JWK> keys, String keyId) {
        return keys.stream()
                .filter(key -> keyId == null
                        || key.getKeyID() == null
                        || key.getKeyID().equals(keyId))
                .toList();
    }
}
