#include <argon2.h>

/// argon2id with a secret key and associated data (RFC 9106 §3.1), which the library takes only in a structure of pointers that would
/// have to stay good through nested closures in Swift. `tag` gets 32 bytes. Nothing that is passed is changed.
static inline int cargon2_keyed(
    const uint8_t *password, uint32_t password_length, const uint8_t *salt, uint32_t salt_length, const uint8_t *secret,
    uint32_t secret_length, const uint8_t *data, uint32_t data_length, uint32_t kibibytes, uint32_t passes, uint32_t lanes,
    uint8_t *tag
) {
    argon2_context context = {
        .out = tag, .outlen = 32, .pwd = (uint8_t *)password, .pwdlen = password_length, .salt = (uint8_t *)salt,
        .saltlen = salt_length, .secret = (uint8_t *)secret, .secretlen = secret_length, .ad = (uint8_t *)data,
        .adlen = data_length, .t_cost = passes, .m_cost = kibibytes, .lanes = lanes, .threads = 1,
        .version = ARGON2_VERSION_13, .flags = ARGON2_DEFAULT_FLAGS,
    };
    return argon2id_ctx(&context);
}
