package main

import (
	"crypto/sha1"
	"encoding/hex"
	"os"
	"regexp"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/uuid"
	spdxjson "github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdx/v2/common"
	spdx "github.com/spdx/tools-golang/spdx/v2/v2_3"
)

const supplier = "Phalanx contributors"

// self is the binary's own package URL.
func (p *product) self() string { return "pkg:golang/github.com/phalanx-php/phalanx@v" + p.version }

func writeCycloneDX(p *product, to *os.File) error {
	root := cdx.Component{BOMRef: p.self(), Type: cdx.ComponentTypeApplication, Name: "phalanx", Version: p.version,
		PackageURL: p.self(), Licenses: licences("MIT"), Hashes: hashes(p.sha256)}
	bom := cdx.NewBOM()
	// The same content has the same number: made of the binary's sum, not of chance.
	bom.SerialNumber = uuid.NewSHA1(uuid.NameSpaceURL, []byte(p.self()+"#"+p.sha256)).URN()
	bom.Metadata = &cdx.Metadata{Timestamp: p.at.Format(time.RFC3339), Component: &root,
		Lifecycles: &[]cdx.Lifecycle{{Phase: cdx.LifecyclePhasePostBuild}},
		Supplier:   &cdx.OrganizationalEntity{Name: supplier}}
	components, on := []cdx.Component{}, []string{}
	for _, c := range p.components {
		one := cdx.Component{BOMRef: c.purl, Type: cdx.ComponentTypeLibrary, Name: c.name, Version: c.version, PackageURL: c.purl,
			CPE: c.cpe, Licenses: licences(c.licence), Hashes: hashes(c.sha256)}
		if len(c.files) > 0 {
			properties := []cdx.Property{}
			for _, file := range c.files {
				properties = append(properties, cdx.Property{Name: "phalanx:file", Value: file})
			}
			one.Properties = &properties
		}
		components = append(components, one)
		on = append(on, c.purl)
	}
	bom.Components = &components
	bom.Dependencies = &[]cdx.Dependency{{Ref: p.self(), Dependencies: &on}}
	return cdx.NewBOMEncoder(to, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).EncodeVersion(bom, cdx.SpecVersion1_6)
}

func licences(expression string) *cdx.Licenses {
	if expression == "" {
		return nil
	}
	return &cdx.Licenses{{License: &cdx.License{ID: expression}}}
}

func hashes(sha256 string) *[]cdx.Hash {
	if sha256 == "" {
		return nil
	}
	return &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: sha256}}
}

const unknown = "NOASSERTION"

func writeSPDX(p *product, to *os.File) error {
	root := spdxPackage("phalanx", p.version, p.self(), "", "MIT", p.sha256)
	root.PackageSupplier = &common.Supplier{SupplierType: "Organization", Supplier: supplier}
	document := &spdx.Document{SPDXVersion: spdx.Version, DataLicense: spdx.DataLicense, SPDXIdentifier: "DOCUMENT",
		DocumentName:      "phalanx-" + p.version,
		DocumentNamespace: "https://github.com/phalanx-php/phalanx/spdx/" + p.version + "/" + p.sha256,
		CreationInfo: &spdx.CreationInfo{Created: p.at.Format(time.RFC3339),
			Creators: []common.Creator{{CreatorType: "Organization", Creator: supplier}, {CreatorType: "Tool", Creator: "phalanx-docker-sbom"}}},
		Packages: []*spdx.Package{root},
		Relationships: []*spdx.Relationship{{RefA: common.MakeDocElementID("", "DOCUMENT"),
			RefB: common.MakeDocElementID("", string(root.PackageSPDXIdentifier)), Relationship: common.TypeRelationshipDescribe}},
	}
	for _, c := range p.components {
		one := spdxPackage(c.name, c.version, c.purl, c.cpe, c.licence, c.sha256)
		document.Packages = append(document.Packages, one)
		how := common.TypeRelationshipStaticLink
		if c.kind == debian || c.name == "php" {
			how = common.TypeRelationshipDynamicLink
		}
		document.Relationships = append(document.Relationships, &spdx.Relationship{
			RefA:         common.MakeDocElementID("", string(root.PackageSPDXIdentifier)),
			RefB:         common.MakeDocElementID("", string(one.PackageSPDXIdentifier)),
			Relationship: how})
	}
	return spdxjson.Write(document, to, spdxjson.Indent("  "))
}

func spdxPackage(name, version, purl, cpe, licence, sha256 string) *spdx.Package {
	// Letters, digits, dots and dashes alone may be in an identifier; the sum keeps two that differ elsewhere apart.
	sum := sha1.Sum([]byte(purl))
	id := regexp.MustCompile(`[^A-Za-z0-9.-]+`).ReplaceAllString(name, "-") + "-" + hex.EncodeToString(sum[:4])
	if licence == "" {
		licence = unknown
	}
	one := &spdx.Package{PackageName: name, PackageVersion: version, PackageSPDXIdentifier: common.ElementID("Package-" + id),
		PackageDownloadLocation: unknown, FilesAnalyzed: false, IsFilesAnalyzedTagPresent: true, PackageLicenseConcluded: unknown,
		PackageLicenseDeclared: licence, PackageCopyrightText: unknown,
		PackageExternalReferences: []*spdx.PackageExternalReference{{Category: common.CategoryPackageManager,
			RefType: common.TypePackageManagerPURL, Locator: purl}}}
	if cpe != "" {
		one.PackageExternalReferences = append(one.PackageExternalReferences, &spdx.PackageExternalReference{
			Category: common.CategorySecurity, RefType: common.TypeSecurityCPE23Type, Locator: cpe})
	}
	if sha256 != "" {
		one.PackageChecksums = []common.Checksum{{Algorithm: common.SHA256, Value: sha256}}
	}
	return one
}
