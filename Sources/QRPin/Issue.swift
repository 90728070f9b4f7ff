import ArgumentParser
import FoundationEssentials
import LifecycleAPI
import SignInReporting

/// `qrpin issue`: a new badge for a person.
struct Issue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Issues a badge and writes it to a directory.",
        discussion: "Writes badge.svg and payload.txt. Whoever has one of them has the badge: print it, then delete both.")

    @Argument(help: "The person's userPrincipalName.") var userPrincipalName: String
    @OptionGroup var service: ServiceOptions
    @Option(help: "The directory to write to; it is made when it is not there.") var out: String
    @Option(help: "When the badge becomes valid, such as 2026-11-24T12:00:00Z. (default: now)") var start: DateArgument?
    @Option(help: "When it expires. (default: the site's usual lifetime)") var expire: DateArgument?
    @Flag(help: "A temporary badge of 1 to 12 hours beside the standard one; the PIN stays.") var temporary = false
    @Flag(help: "Revokes the person's standard badge and issues another one; the PIN stays.") var replace = false

    func validate() throws {
        if temporary, replace { throw ValidationError("Give --temporary or --replace, not both.") }
    }

    func run() async throws {
        let client = try service.client()
        let path = ServiceOptions.methodPath(userPrincipalName)
        let request = CodeRequest(startDateTime: start?.date, expireDateTime: expire?.date)
        let code: GraphQRCode
        if temporary {
            code = try await client.send(.PATCH, path + "/temporaryQRCode", body: request, as: GraphQRCode.self)
        } else if replace {
            try await client.send(.DELETE, path + "/standardQRCode")
            code = try await client.send(.PATCH, path + "/standardQRCode", body: request, as: GraphQRCode.self)
        } else {
            let method = try await client.send(.PUT, path, body: MethodRequest(standardQRCode: request), as: GraphMethod.self)
            guard let made = method.standardQRCode else { throw LifecycleClientError.unreadable }
            code = made
            if let pin = method.pin?.code { print("PIN \(pin)") }
        }
        guard let image = code.image else { throw LifecycleClientError.unreadable }
        try write(image)
        print("badge \(code.id) of \(userPrincipalName), valid until \(WireJSON.string(from: code.expireDateTime))")
    }

    private func write(_ image: GraphImage) throws {
        try PrivateFile.makeDirectory(out)
        try PrivateFile.write(image.binaryValue, to: out + "/badge.svg")
        try PrivateFile.write(image.rawContent, to: out + "/payload.txt")
    }
}

/// `qrpin revoke`: a badge that works no more.
struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Revokes a person's badge at once; the PIN stays.")

    @Argument(help: "The person's userPrincipalName.") var userPrincipalName: String
    @OptionGroup var service: ServiceOptions
    @Flag(help: "Revokes the temporary badge, not the standard one.") var temporary = false

    func run() async throws {
        let code = temporary ? "/temporaryQRCode" : "/standardQRCode"
        try await service.client().send(.DELETE, ServiceOptions.methodPath(userPrincipalName) + code)
    }
}
