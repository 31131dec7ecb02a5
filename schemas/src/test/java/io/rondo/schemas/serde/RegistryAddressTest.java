package io.rondo.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryAddressTest {
    @Test
    void shouldDecodeWhatIsPercentEncoded() {
        assertThat(RegistryAddress.parse("http://james%40example.com:p%40ss%2Fw%3Ard%2C@127.0.0.1:8081/auth/"))
                .singleElement()
                .returns("http://127.0.0.1:8081/auth", address -> address.base().toString())
                .returns("james@example.com:p@ss/w:rd,", address -> address.userInfo()
                        .orElseThrow());
    }

    @Test
    void shouldTakeSeveralAddresses() {
        assertThat(RegistryAddress.parse("http://a:8081, https://b//,http://[::1]:8081/"))
                .extracting(address -> address.base().toString())
                .containsExactly("http://a:8081", "https://b", "http://[::1]:8081");
    }

    /** Each has the word "secret" in its password, and none says clearly where the host begins. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://james@example.com:p@ss-secret@127.0.0.1:8081/auth",
                "http://james:p@ss/w:rdsecret@127.0.0.1:8081/auth",
                "http://james/secret@127.0.0.1:8081",
                "http://james:secret/x@127.0.0.1:8081",
                "http://james:pa#secret@127.0.0.1:8081",
                "http://james:pa?secret@127.0.0.1:8081",
                "http://james:pa%secret@127.0.0.1:8081",
                "http://james:pa,secret@127.0.0.1:8081",
                "http://james:secret,x@127.0.0.1:8081",
                "http://a:8081,http://james:sec ret-secret@127.0.0.1:8081",
                "http://james:pa\\secret@127.0.0.1",
                "ftp://james:secret@host",
                "james:secret@host:8081"
            })
    void shouldRefuseAnAddressThatIsNotClearAndShowNoPassword(String address) {
        assertThatThrownBy(() -> RegistryAddress.parse(address))
                .hasNoCause()
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.BAD_CONFIG, RondoException::code)
                .satisfies(refusal -> assertThat(refusal.explanation()).doesNotContain("secret"));
        assertThat(new LogConnection("broker:9092", address, Map.of()).toString())
                .doesNotContain("secret");
    }
}
