"""Validates templates with cloudformation-validate in every region that cfn-lint knows; prints its findings as JSON."""

import json
import sys

from cfnlint.helpers import REGIONS
from cloudformation_validate import CompositeEngine, PseudoParameterOverrides, ReportStatus, Severity, ValidateConfig

engine = CompositeEngine()
findings = []
for file in sys.argv[1:]:
    for region in REGIONS:
        config = ValidateConfig(
            severity_level=Severity.WARN, pseudo_parameter_overrides=PseudoParameterOverrides(region=region)
        )
        report = engine.validate_template(file, config)
        if report.status == ReportStatus.ANALYSIS_INCOMPLETE:
            sys.exit(f"{file}: {region}: the analysis is incomplete")
        for each in report.diagnostics:
            resource = each.entity.logical_id if each.entity else None
            findings.append({"file": file, "rule": each.rule_id, "resource": resource, "message": each.message})
json.dump(findings, sys.stdout)
