import { ApiError } from './errors.ts';
import { createGroup, deleteGroup, getGroup, listGroups, listTags, tagResource, untagResource } from './group-api.ts';
import {
  type ApiParts,
  createSchedule,
  deleteSchedule,
  getSchedule,
  listSchedules,
  updateSchedule,
} from './schedule-api.ts';
import { type ApiRequest, type ApiResponse, failure, success } from './wire.ts';

type Operation = (parts: ApiParts, request: ApiRequest, resource: string) => object;

/** By method and first segment of the path; `/…` stands for one more segment, the resource. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['POST schedules/…', createSchedule],
  ['GET schedules/…', getSchedule],
  ['PUT schedules/…', updateSchedule],
  ['DELETE schedules/…', deleteSchedule],
  ['GET schedules', listSchedules],
  ['POST schedule-groups/…', createGroup],
  ['GET schedule-groups/…', getGroup],
  ['DELETE schedule-groups/…', deleteGroup],
  ['GET schedule-groups', listGroups],
  ['POST tags/…', tagResource],
  ['DELETE tags/…', untagResource],
  ['GET tags/…', listTags],
]);

/**
 * Answers one call of the EventBridge Scheduler API, as `@aws-sdk/client-scheduler` sends it. A refusal is an
 * answer; only a bug throws.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Operations.html
 */
export function handleRequest(parts: ApiParts, request: ApiRequest): ApiResponse {
  try {
    return success(perform(parts, request));
  } catch (error) {
    if (error instanceof ApiError) return failure(error);
    throw error;
  }
}

function perform(parts: ApiParts, request: ApiRequest): object {
  const [collection = '', resource, ...surplus] = request.path.split('/').filter((segment) => segment !== '');
  const operation = OPERATIONS.get(`${request.method} ${collection}${resource === undefined ? '' : '/…'}`);
  if (operation !== undefined && surplus.length === 0) return operation(parts, request, unescaped(resource ?? ''));
  throw new ApiError('UnknownOperationException', `${request.method} ${request.path} is no operation of Scheduler`);
}

function unescaped(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    throw new ApiError('ValidationException', `${segment} is not URL-encoded`, { cause: error });
  }
}
